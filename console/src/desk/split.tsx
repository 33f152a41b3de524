import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';

const KEPT = 'kuaipei.desk.split';
const LEAST = 30;
const MOST = 75;
const STEP = 3;
const within = (percent: number): number => Math.min(MOST, Math.max(LEAST, percent));
const kept = (): number => within(Number(localStorage.getItem(KEPT) ?? 62) || 62);

/** Two places with a border between them that can be moved, also by arrow keys; where it was put is kept on this device. */
export function Split({ left, right, label }: { left: ReactNode; right: ReactNode; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [percent, setPercent] = useState(kept);
  const move = (to: number): void => { setPercent(within(to)); localStorage.setItem(KEPT, String(within(to))); };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !box.current) return;
    const { left: from, width } = box.current.getBoundingClientRect();
    move(((event.clientX - from) / width) * 100);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(percent + by);
  };
  return (
    <div ref={box} className="split" style={{ gridTemplateColumns: `minmax(0, ${percent}fr) 9px minmax(0, ${100 - percent}fr)` }}>
      {left}
      <div className="split-border" role="separator" aria-orientation="vertical" aria-label={label} aria-valuenow={Math.round(percent)} aria-valuemin={LEAST} aria-valuemax={MOST} tabIndex={0}
        onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); }} onPointerMove={onPointerMove} onKeyDown={onKeyDown} />
      {right}
    </div>
  );
}
