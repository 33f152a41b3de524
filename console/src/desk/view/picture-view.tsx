import { useCallback, useEffect, useLayoutEffect, useRef, useState, type PointerEvent } from 'react';
import { Loading } from '../../app/loading';
import { Failure } from '../../words/failure';
import { useContent } from './content';
import { CannotShow } from './file-view';
import { within, type ViewProps } from './look';

interface Size { width: number; height: number }
interface Point { x: number; y: number }
/** Brings the picture to that zoom, and what lay at `from` on the screen to `to`. */
type Bring = (zoom: number, from: Point, to?: Point) => void;

/** A picture, upright as its EXIF says; wheel, pinch and buttons bring it nearer, dragging moves it. */
export default function PictureView({ documentId, look }: ViewProps) {
  const { content, error, again } = useContent(documentId);
  const [url, setUrl] = useState<string | null>(null);
  const [natural, setNatural] = useState<Size | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    if (!content) return undefined;
    const made = URL.createObjectURL(content);
    setUrl(made);
    return () => { URL.revokeObjectURL(made); setUrl(null); setNatural(null); };
  }, [content]);
  if (error !== null) return <div className="desk-say"><Failure error={error} onRetry={again} /></div>;
  if (broken) return <CannotShow documentId={documentId} />;
  if (url === null) return <Loading />;
  return <Picture url={url} natural={natural} look={look} onLoad={setNatural} onError={() => { setBroken(true); }} />;
}

function Picture({ url, natural, look, onLoad, onError }: { url: string; natural: Size | null; look: ViewProps['look']; onLoad: (size: Size) => void; onError: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<Size>({ width: 0, height: 0 });
  const { latest, bring } = useBring(box, look);
  useEffect(() => {
    const place = box.current;
    if (!place) return undefined;
    const watching = new ResizeObserver(() => { setRoom({ width: place.clientWidth, height: place.clientHeight }); });
    watching.observe(place);
    // React listens passively, which could not keep the page from scrolling.
    const onWheel = (event: WheelEvent): void => {
      if (event.shiftKey) return;
      event.preventDefault();
      bring(within(latest.current.zoom * Math.exp(-event.deltaY / 400)), { x: event.clientX, y: event.clientY });
    };
    place.addEventListener('wheel', onWheel, { passive: false });
    return () => { watching.disconnect(); place.removeEventListener('wheel', onWheel); };
  }, [latest, bring]);
  const fingers = useFingers(box, latest, bring);
  const upright = look.turn % 180 === 0;
  const across = natural ? (upright ? natural.width : natural.height) : 1;
  const down = natural ? (upright ? natural.height : natural.width) : 1;
  const scale = natural ? Math.min(room.width / across, room.height / down, 1) * look.zoom : 0;
  return (
    <div ref={box} className="picture" tabIndex={0} role="group" aria-label={look.title} {...fingers}>
      <div className="picture-frame" style={{ width: across * scale, height: down * scale }}>
        <img src={url} alt={look.title} draggable={false} style={natural ? { width: natural.width * scale, height: natural.height * scale, transform: `translate(-50%, -50%) rotate(${look.turn}deg)` } : { visibility: 'hidden' }}
          onLoad={(event) => { onLoad({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight }); }} onError={onError} />
      </div>
    </div>
  );
}

/**
 * Zoom and place in step. Several fingers move between two drawings: each goes on from what the one before asked for, and the place
 * is put right as soon as the picture has its new size.
 */
function useBring(box: React.RefObject<HTMLDivElement | null>, look: ViewProps['look']): { latest: React.RefObject<ViewProps['look']>; bring: Bring } {
  const latest = useRef(look);
  latest.current = look;
  /** A point of the picture, in parts of its size, and where on the screen it is to lie. */
  const held = useRef<{ across: number; down: number; at: Point } | null>(null);
  const bring = useCallback<Bring>((zoom, from, to = from) => {
    const frame = box.current?.firstElementChild;
    if (!frame) return;
    if (zoom === latest.current.zoom && held.current === null) { box.current?.scrollBy(from.x - to.x, from.y - to.y); return; }
    const { left, top, width, height } = frame.getBoundingClientRect();
    held.current = { across: (from.x - left) / width, down: (from.y - top) / height, ...held.current, at: to };
    latest.current = { ...latest.current, zoom };
    latest.current.setZoom(zoom);
  }, [box]);
  useLayoutEffect(() => {
    const frame = box.current?.firstElementChild, point = held.current;
    held.current = null;
    if (!frame || !point) return;
    const { left, top, width, height } = frame.getBoundingClientRect();
    box.current?.scrollBy(left + point.across * width - point.at.x, top + point.down * height - point.at.y);
  }, [box, look.zoom]);
  return { latest, bring };
}

/** One finger or the mouse moves the picture, two bring it nearer and move it. */
function useFingers(box: React.RefObject<HTMLDivElement | null>, look: React.RefObject<ViewProps['look']>, bring: Bring) {
  const down = useRef(new Map<number, Point>());
  const pair = (): { spread: number; middle: Point } | null => {
    const [a, b] = [...down.current.values()];
    return a && b && down.current.size === 2 ? { spread: Math.hypot(a.x - b.x, a.y - b.y), middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } } : null;
  };
  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      if (event.button !== 0) return;
      down.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      const from = down.current.get(event.pointerId);
      if (!from) return;
      const before = pair();
      down.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      const after = pair();
      if (!before || !after) box.current?.scrollBy(from.x - event.clientX, from.y - event.clientY);
      else if (before.spread > 0) bring(within(look.current.zoom * after.spread / before.spread), before.middle, after.middle);
    },
    onPointerUp(event: PointerEvent) { down.current.delete(event.pointerId); },
    onPointerCancel(event: PointerEvent) { down.current.delete(event.pointerId); },
  };
}
