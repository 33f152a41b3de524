/** The one place that puts the focus where it belongs: nobody who works by keyboard or by ear is left on an empty page. */
import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

/** What a reader takes for a place of its own: where something has gone from it, its heading is read. */
const PLACES = 'section, form, dialog, article, main, [role="region"], [role="table"]';
const HEADINGS = 'h1, h2, h3';
/** Marks the first thing to read once what stood beside it has gone: what was sent, the link that was made. */
const NEXT = '[data-focus-next]';

/** Puts the focus on the first of these that is on view, and brings it into view; false where none is. */
export function focusOn(...wanted: ReadonlyArray<Element | null | undefined>): boolean {
  const found = wanted.find((one): one is HTMLElement => one instanceof HTMLElement && isOnView(one));
  if (!found) return false;
  if (found.tabIndex < 0 && !found.hasAttribute('tabindex')) found.tabIndex = -1;
  found.focus({ preventScroll: true });
  found.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  return document.activeElement === found;
}

const isOnView = (element: HTMLElement): boolean => element.isConnected && element.checkVisibility({ visibilityProperty: true }) && !element.matches(':disabled');
const ancestorsOf = (element: Element | null): Element[] => (element === null || element === document.body ? [] : [element, ...ancestorsOf(element.parentElement)]);
const nameOf = (element: Element): string => `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent}`;
const headingOf = (place: Element): Element | null => [...place.querySelectorAll<HTMLElement>(HEADINGS)].find(isOnView) ?? null;

/** Leaves a field for the place in which it stands: letters are keys again. */
export function leaveField(field: Element): void {
  for (const around of ancestorsOf(field.parentElement)) if (around.matches(PLACES) && focusOn(headingOf(around), around)) return;
}

/**
 * Watches over the page: when what had the focus goes away or is switched off, the focus goes to the same control drawn anew, else to what
 * is marked as next, else to the heading of the nearest place that is still there. Whoever puts it elsewhere themselves comes first.
 */
export function keepFocus(): void {
  let last: { element: Element; name: string; around: Element[] } | null = null;
  const isLost = (): boolean => (document.activeElement ?? document.body) === document.body;
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element) last = { element: target, name: nameOf(target), around: ancestorsOf(target.parentElement) };
  });
  // A tap beside everything means to leave.
  document.addEventListener('pointerdown', () => { window.setTimeout(() => { if (isLost() && last?.element.isConnected === true) last = null; }); });
  let asked = false;
  const look = (): void => {
    asked = false;
    if (!last || !isLost() || (last.element instanceof HTMLElement && isOnView(last.element))) return;
    const { name, around } = last;
    last = null;
    for (const one of around.filter((each) => each.isConnected && each.id !== 'root')) {
      const again = [...one.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary')].find((each) => nameOf(each) === name);
      if (focusOn(again, ...one.querySelectorAll(NEXT)) || (one.matches(PLACES) && focusOn(headingOf(one), one))) return;
    }
    focusOn(document.querySelector('main'));
  };
  new MutationObserver(() => {
    if (asked || !isLost()) return;
    asked = true;
    // Two frames: after the effects of what was drawn.
    requestAnimationFrame(() => { requestAnimationFrame(look); });
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled', 'hidden', 'open'] });
}

/** Goes on at what these selectors find, once what was open has gone. */
export const goOn = (...wanted: string[]): void => { requestAnimationFrame(() => { focusOn(...wanted.flatMap((one) => [...document.querySelectorAll(one)])); }); };

/**
 * What had the focus when this came on view gets it back by the function that is answered: it, what took its place (`others`, selectors), in this order.
 */
export function useOpener(): (...others: string[]) => void {
  const opener = useRef<Element | null>(null);
  useLayoutEffect(() => { opener.current ??= document.activeElement; }, []);
  return useCallback((...others) => {
    const first = opener.current?.matches('body, main') === true ? null : opener.current;
    // After what opened has gone.
    requestAnimationFrame(() => { focusOn(first, ...others.flatMap((one) => [...document.querySelectorAll(one)])); });
  }, []);
}

/** The reader of a screen begins at the heading of what has opened in `box`, as soon as it is there; whoever is in a field already stays. */
export function useFocusHeading(box: RefObject<HTMLElement | null>, wanted = true): void {
  useEffect(() => {
    const here = box.current;
    if (!here || !wanted) return undefined;
    const begin = (): boolean => focusOn(here.querySelector('h2'));
    if (begin()) return undefined;
    const drawn = new MutationObserver(() => { if (here.contains(document.activeElement) && document.activeElement !== here || begin()) drawn.disconnect(); });
    drawn.observe(here, { childList: true, subtree: true });
    return () => { drawn.disconnect(); };
  }, [box, wanted]);
}
