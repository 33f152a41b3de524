/** How a document is looked at: 1 is as wide as the place; turned clockwise by quarters. */
export interface Look { title: string; zoom: number; turn: number; setZoom: (zoom: number) => void }
export interface ViewProps { documentId: string; look: Look }

const LEAST = 0.25;
const MOST = 8;
const STEP = 1.25;

export const within = (zoom: number): number => Math.min(MOST, Math.max(LEAST, zoom));
export const nearer = (zoom: number): number => within(zoom * STEP);
export const farther = (zoom: number): number => within(zoom / STEP);
