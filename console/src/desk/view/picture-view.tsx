import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { Loading } from '../../app/loading';
import { Failure } from '../../words/failure';
import { useContent } from './content';
import { CannotShow } from './file-view';
import { within, type ViewProps } from './look';

interface Size { width: number; height: number }

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
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    const place = box.current;
    if (!place) return undefined;
    const watching = new ResizeObserver(() => { setRoom({ width: place.clientWidth, height: place.clientHeight }); });
    watching.observe(place);
    // React listens passively, which could not keep the page from scrolling.
    const onWheel = (event: WheelEvent): void => {
      if (event.shiftKey) return;
      event.preventDefault();
      zoomAt(place, latest.current, within(latest.current.zoom * Math.exp(-event.deltaY / 400)), event.clientX, event.clientY);
    };
    place.addEventListener('wheel', onWheel, { passive: false });
    return () => { watching.disconnect(); place.removeEventListener('wheel', onWheel); };
  }, []);
  const fingers = useFingers(box, latest);
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

/** Zooms so that what is under the pointer stays there. */
function zoomAt(place: HTMLElement, look: ViewProps['look'], zoom: number, x: number, y: number): void {
  const { left, top } = place.getBoundingClientRect();
  const by = zoom / look.zoom;
  const to = { left: (place.scrollLeft + x - left) * by - (x - left), top: (place.scrollTop + y - top) * by - (y - top) };
  look.setZoom(zoom);
  requestAnimationFrame(() => { place.scrollTo(to); });
}

/** One finger or the mouse moves the picture, two bring it nearer. */
function useFingers(box: React.RefObject<HTMLDivElement | null>, look: React.RefObject<ViewProps['look']>) {
  const down = useRef(new Map<number, { x: number; y: number }>());
  const spread = (): number => { const [a, b] = [...down.current.values()]; return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0; };
  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      if (event.button !== 0) return;
      down.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      const from = down.current.get(event.pointerId), place = box.current;
      if (!from || !place) return;
      const before = spread();
      down.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (down.current.size === 2 && before > 0) {
        const [a, b] = [...down.current.values()];
        if (a && b) zoomAt(place, look.current, within(look.current.zoom * spread() / before), (a.x + b.x) / 2, (a.y + b.y) / 2);
      } else place.scrollBy(from.x - event.clientX, from.y - event.clientY);
    },
    onPointerUp(event: PointerEvent) { down.current.delete(event.pointerId); },
    onPointerCancel(event: PointerEvent) { down.current.delete(event.pointerId); },
  };
}
