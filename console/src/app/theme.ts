/** The two faces of the console: which one this device wears. */
import { useSyncExternalStore } from 'react';

export type Face = 'light' | 'dark' | 'system';
const KEPT = 'kuaipei.face';
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const watchers = new Set<() => void>();

function watch(onChange: () => void): () => void {
  watchers.add(onChange);
  dark.addEventListener('change', onChange);
  return () => { watchers.delete(onChange); dark.removeEventListener('change', onChange); };
}

export const chosenFace = (): Face => {
  const kept = localStorage.getItem(KEPT);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
};

export function wear(face: Face): void {
  localStorage.setItem(KEPT, face);
  for (const onChange of watchers) onChange();
}

export const useFace = (): 'light' | 'dark' => useSyncExternalStore(watch, () => (chosenFace() === 'system' ? (dark.matches ? 'dark' : 'light') : (chosenFace() as 'light' | 'dark')));
