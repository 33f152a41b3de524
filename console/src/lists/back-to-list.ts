import { focusOn } from '../app/focus';

/** From a field above a list into the list: to the line where one was, else to the first, else to the heading. */
export const backToList = (): void => { focusOn(...['.rows-body [data-active="true"] [data-open]', '.rows-body [data-open]', 'main h1'].map((one) => document.querySelector(one))); };
