import { useEffect, useState, type RefObject } from 'react';

/** From here on down somebody has scrolled. */
const SCROLLED_PX = 40;

/** Does somebody read this list just now: pointing at it, at work in it by keyboard, or scrolled into it? */
export function useHeld(box: RefObject<HTMLElement | null>): boolean {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onScroll = (): void => { setScrolled(window.scrollY > SCROLLED_PX); };
    const onPointer = (event: PointerEvent): void => { setPointed(event.type === 'pointerenter' && event.pointerType === 'mouse'); };
    const onFocus = (event: FocusEvent): void => { setFocused(event.type === 'focusin' || element.contains(event.relatedTarget as Node | null)); };
    onScroll();
    window.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('pointerenter', onPointer);
    element.addEventListener('pointerleave', onPointer);
    element.addEventListener('focusin', onFocus);
    element.addEventListener('focusout', onFocus);
    return () => {
      window.removeEventListener('scroll', onScroll);
      element.removeEventListener('pointerenter', onPointer);
      element.removeEventListener('pointerleave', onPointer);
      element.removeEventListener('focusin', onFocus);
      element.removeEventListener('focusout', onFocus);
    };
  }, [box]);
  // After a reload the focus is put back where it was: nobody is at work there until they do something.
  return pointed || scrolled || (focused && navigator.userActivation.hasBeenActive);
}
