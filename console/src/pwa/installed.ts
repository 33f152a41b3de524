/** The installed console: registers the service worker, and knows when a newer version waits. */
let waiting: ServiceWorker | null = null;
const watchers = new Set<() => void>();

/** After the first screen stands: keeping files for later must not slow it down. */
const AFTER_MS = 4_000;
const LOOK_EVERY_MS = 30 * 60_000;

export function keepInstalled(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  window.setTimeout(() => { void register().catch(() => undefined); }, AFTER_MS);
}

async function register(): Promise<void> {
  const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  const look = (): void => {
    // The first one takes over by itself: there is nothing older to wait for.
    if (registration.waiting && navigator.serviceWorker.controller) { waiting = registration.waiting; for (const onChange of watchers) onChange(); }
  };
  look();
  registration.addEventListener('updatefound', () => { registration.installing?.addEventListener('statechange', look); });
  window.setInterval(() => { void registration.update().catch(() => undefined); }, LOOK_EVERY_MS);
}

export const newerWaits = (): boolean => waiting !== null;
export function watchNewer(onChange: () => void): () => void {
  watchers.add(onChange);
  return () => { watchers.delete(onChange); };
}

/** Goes over to the newer version; what was typed is in drafts. */
export function takeNewer(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => { location.reload(); }, { once: true });
  waiting?.postMessage('take over');
}
