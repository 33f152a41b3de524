/** A long list of which only what is seen is in the page: a table for assistive technology, lines on a wide screen, cards on a phone. */
import { useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '../app/keys';
import type { Shown } from './calm';
import { useKeptPlace } from './kept-place';
import { useNarrow } from './narrow';

interface Given<T> {
  /** Names the list, so that who comes back finds the place where they were. */
  list: string;
  label: string;
  /** The cells of the head: elements of role `columnheader`. */
  head: ReactNode;
  lines: ReadonlyArray<Shown<T>>;
  keyOf: (line: T) => string;
  /** The cells of a line: elements of role `cell`, one of them with a link marked `data-open`. */
  cells: (shown: Shown<T>) => ReactNode;
  marked: (line: T) => { late: boolean };
  selected: ReadonlySet<string>;
  total: number;
  more: boolean;
  onMore: () => void;
  /** Told the key of the line somebody is at. A ref: what stands around the list need not be drawn anew at every step. */
  active: RefObject<string | null>;
}

const LINE_PX = 45;
const CARD_PX = 150;
const CARD_GAP_PX = 8;
/** So many lines before the end the next page is asked for. */
const AHEAD = 120;
/** What sticks to the top and the bottom of the window and would cover a line. */
const TOP_PX = 110;
const BOTTOM_PX = 80;

/** A card's height as the browser tells it once it has laid the page out; asked for at once, it would lay it out twice at every step. */
const sizeSeen = (card: Element, seen: ResizeObserverEntry | undefined, { indexFromElement, itemSizeCache, options }: Virtualizer<Window, Element>): number => {
  const index = indexFromElement(card);
  return Math.round(seen?.borderBoxSize[0]?.blockSize ?? itemSizeCache.get(options.getItemKey(index)) ?? options.estimateSize(index));
};

export function Rows<T>({ list, label, head, lines, keyOf, cells, marked, selected, total, more, onMore, active: told }: Given<T>) {
  const { t } = useTranslation('lists');
  const narrow = useNarrow();
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const [active, setActive] = useState<string | null>(null);
  const onActive = useCallback((key: string): void => {
    told.current = key;
    setActive(key);
  }, [told]);
  // Where the lines begin on the page: what stands above them grows and shrinks.
  useLayoutEffect(() => {
    const look = (): void => { setMargin(Math.round((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY)); };
    look();
    const resized = new ResizeObserver(look);
    for (const above of document.querySelectorAll('.shell > *, .list-page > *')) resized.observe(above);
    return () => { resized.disconnect(); };
  }, []);
  // Measured anew whenever these change: with ten thousand lines that must not be at every key press.
  const sizeOf = useCallback(() => (narrow ? CARD_PX : LINE_PX), [narrow]);
  const keyAt = useCallback((index: number) => keyOf(lines[index]!.line), [lines, keyOf]);
  const virtual = useWindowVirtualizer({
    count: lines.length, overscan: 6, gap: narrow ? CARD_GAP_PX : 0, scrollMargin: margin, scrollPaddingStart: TOP_PX, scrollPaddingEnd: BOTTOM_PX,
    estimateSize: sizeOf, getItemKey: keyAt, measureElement: sizeSeen,
  });
  useLayoutEffect(() => { virtual.measure(); }, [narrow, virtual]);
  const seen = virtual.getVirtualItems();
  const lastSeen = seen.at(-1)?.index ?? 0;
  useEffect(() => { if (more && lastSeen > lines.length - AHEAD) onMore(); }, [more, lastSeen, lines.length, onMore]);

  // The line to which the focus goes as soon as it is in the page.
  const toFocus = useRef<string | null>(null);
  const focusWanted = (): void => {
    if (toFocus.current === null) return;
    const link = body.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(toFocus.current)}"] [data-open]`);
    if (!link) return;
    toFocus.current = null;
    link.focus({ preventScroll: true });
  };
  useEffect(focusWanted);
  // A key held down comes faster than a slow phone draws: focus follows every press, scrolling and drawing the last one before a picture.
  const drawing = useRef<number | null>(null);
  const goTo = (index: number): void => {
    const line = lines[index]?.line;
    if (line === undefined) return;
    told.current = toFocus.current = keyOf(line);
    focusWanted();
    if (drawing.current !== null) cancelAnimationFrame(drawing.current);
    drawing.current = requestAnimationFrame(() => {
      drawing.current = null;
      virtual.scrollToIndex(index);
      setActive(keyOf(line));
    });
  };
  const step = (by: number): void => {
    const at = told.current === null ? -1 : lines.findIndex(({ line }) => keyOf(line) === told.current);
    goTo(at === -1 ? Math.max(seen.find(({ start }) => start >= window.scrollY + TOP_PX)?.index ?? 0, 0) : Math.min(Math.max(at + by, 0), lines.length - 1));
  };
  useKeys([{ key: 'j', does: t('keys.next'), run: () => { step(1); } }, { key: 'k', does: t('keys.previous'), run: () => { step(-1); } }]);
  useKeptPlace({ list, count: lines.length, more, onMore, active, onReturn: (key) => { toFocus.current = key; onActive(key); } });

  return (
    <div role="table" className="rows" aria-label={label} aria-rowcount={total + 1}>
      <div role="rowgroup" className="rows-head"><div role="row" aria-rowindex={1} className="line">{head}</div></div>
      <div role="rowgroup" ref={body} className="rows-body" style={{ height: virtual.getTotalSize() }}>
        {seen.map(({ index, key, start }) => {
          const shown = lines[index]!;
          const { late } = marked(shown.line);
          return (
            <div
              key={key} role="row" aria-rowindex={index + 2} data-selected={selected.has(String(key))} data-key={key} data-index={index} {...(narrow ? { ref: virtual.measureElement } : {})}
              className="line" data-active={key === active} data-gone={shown.gone} data-late={late} style={{ transform: `translateY(${start - margin}px)` }}
              onFocus={() => { if (key !== told.current) onActive(String(key)); }}
            >
              {cells(shown)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
