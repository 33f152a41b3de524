import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import { TextLayer } from 'pdfjs-dist';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../../app/loading';
import { MissingPart } from '../../pwa/part';
import { Failure } from '../../words/failure';
import { CannotShow } from './file-view';
import { useContent } from './content';
import { openPdf } from './pdf';
import type { ViewProps } from './look';

interface Size { width: number; height: number }
/** Pixels of one canvas at most; phones refuse larger ones. */
const MOST_PIXELS = 16_000_000;
const MARGIN = 24;
/** Between two pages (style.css). */
const GAP = 12;
/** A paper of ten thousand pages is not ten thousand frames at once. */
const SHEAF = 50;
/** What pdf.js says when its worker could not be loaded: nothing is wrong with the file. */
const NO_WORKER = /fake worker failed/;

/** A PDF, page under page. Only the pages near the window are drawn; the others are empty frames of their size, farther away not even that. */
export default function PdfView({ documentId, look }: ViewProps) {
  const { content, error, again } = useContent(documentId);
  const [pdf, setPdf] = useState<{ file: PDFDocumentProxy; first: Size } | null>(null);
  const [broken, setBroken] = useState<'file' | 'viewer' | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, pdf !== null);
  useEffect(() => {
    if (!content) return undefined;
    let task: ReturnType<typeof openPdf> | null = null;
    let gone = false;
    setBroken(null);
    void (async () => {
      try {
        const data = await content.arrayBuffer();
        if (gone) return;
        task = openPdf(data);
        const file = await task.promise;
        const { width: w, height: h } = (await file.getPage(1)).getViewport({ scale: 1 });
        if (!gone) setPdf({ file, first: { width: w, height: h } });
      } catch (error) {
        if (!gone) setBroken(error instanceof Error && NO_WORKER.test(error.message) ? 'viewer' : 'file');
      }
    })();
    return () => { gone = true; setPdf(null); void task?.destroy(); };
  }, [content]);
  if (error !== null) return <div className="desk-say"><Failure error={error} onRetry={again} /></div>;
  if (broken === 'viewer') return <div className="desk-say"><MissingPart /></div>;
  if (broken === 'file') return <CannotShow documentId={documentId} />;
  if (!pdf) return <Loading />;
  return (
    <div ref={box} className="pdf" tabIndex={0} role="group" aria-label={look.title}>
      {width > 0 && Array.from({ length: Math.ceil(pdf.file.numPages / SHEAF) }, (_, n) => <Sheaf key={n} file={pdf.file} from={n * SHEAF + 1} first={pdf.first} width={width - MARGIN} zoom={look.zoom} turn={look.turn} />)}
    </div>
  );
}

interface Shown { file: PDFDocumentProxy; first: Size; width: number; zoom: number; turn: number }

const scaleOf = ({ width: w, height: h }: Size, { width, zoom, turn }: Shown): { across: number; down: number; scale: number } => {
  const [across, down] = turn % 180 === 0 ? [w, h] : [h, w];
  return { across, down, scale: (width / across) * zoom };
};

/** Pages that come on view together; before and after, their room is kept. */
function Sheaf({ from, ...shown }: Shown & { from: number }) {
  const box = useRef<HTMLDivElement>(null);
  const near = useNear(box);
  const count = Math.min(SHEAF, shown.file.numPages - from + 1);
  const { down, scale } = scaleOf(shown.first, shown);
  // The first pages are there at once: what one opens is never an empty room.
  return (
    <div ref={box} style={near || from === 1 ? {} : { height: count * (down * scale + GAP) }}>
      {(near || from === 1) && Array.from({ length: count }, (_, n) => <Page key={n} number={from + n} {...shown} />)}
    </div>
  );
}

function Page({ number, ...shown }: Shown & { number: number }) {
  const { file, first, turn } = shown;
  const { t } = useTranslation('desk');
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const [page, setPage] = useState<PDFPageProxy | null>(null);
  const near = useNear(frame);
  useEffect(() => {
    if (!near) return undefined;
    let gone = false;
    file.getPage(number).then((one) => { if (!gone) setPage(one); }, () => undefined);
    return () => { gone = true; };
  }, [file, number, near]);

  const own = page ? page.getViewport({ scale: 1 }) : first;
  const { across, down, scale } = scaleOf(own, shown);

  useEffect(() => {
    const place = canvas.current, words = text.current;
    if (!near || !page || !place || !words) return undefined;
    const viewport = page.getViewport({ scale, rotation: (page.rotate + turn) % 360 });
    const density = Math.min(window.devicePixelRatio, Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height)));
    const drawn = document.createElement('canvas');
    drawn.width = Math.floor(viewport.width * density);
    drawn.height = Math.floor(viewport.height * density);
    const drawing = page.render({ canvas: drawn, viewport, transform: [density, 0, 0, density, 0, 0] });
    let layer: TextLayer | null = null;
    drawing.promise.then(() => {
      release(place);
      place.replaceChildren(drawn);
      words.replaceChildren();
      words.style.setProperty('--total-scale-factor', String(viewport.scale));
      layer = new TextLayer({ textContentSource: page.streamTextContent(), container: words, viewport });
      return layer.render();
    }).catch(() => undefined);
    return () => { drawing.cancel(); layer?.cancel(); };
  }, [page, near, scale, turn]);
  // A page that went away gives its canvas back at once, not when somebody collects it.
  useEffect(() => {
    const place = canvas.current, words = text.current;
    if (!near || !page || !place || !words) return undefined;
    return () => { release(place); place.replaceChildren(); words.replaceChildren(); page.cleanup(); };
  }, [near, page]);

  return (
    <div ref={frame} className="pdf-page" role="group" aria-label={t('page', { number, of: file.numPages })} style={{ width: across * scale, height: down * scale }}>
      <div ref={canvas} aria-hidden="true" />
      <div ref={text} className="pdf-text" />
    </div>
  );
}

function release(place: HTMLElement): void {
  for (const old of place.querySelectorAll('canvas')) { old.width = 0; old.height = 0; }
}

/** Is this element within a window's height of what is seen? */
function useNear(element: React.RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!element.current) return undefined;
    const watching = new IntersectionObserver(([entry]) => { setNear(entry?.isIntersecting ?? false); }, { root: element.current.closest('.pdf'), rootMargin: '100% 0px' });
    watching.observe(element.current);
    return () => { watching.disconnect(); };
  }, [element]);
  return near;
}

function useWidth(element: React.RefObject<HTMLElement | null>, there: boolean): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!there || !element.current) return undefined;
    const box = element.current;
    const watching = new ResizeObserver(() => { setWidth(box.clientWidth); });
    watching.observe(box);
    return () => { watching.disconnect(); };
  }, [element, there]);
  return width;
}
