/** The installed console: registers the service worker, and knows when a newer version waits. */
let waits = false;
const watchers = new Set<() => void>();

/** After the first screen stands: keeping files for later must not slow it down. */
const AFTER_MS = 4_000;
const LOOK_EVERY_MS = 30 * 60_000;
const LONGEST_FETCH_MS = 20_000;

export function keepInstalled(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  window.setTimeout(() => { void register().catch(() => undefined); }, AFTER_MS);
}

async function register(): Promise<void> {
  const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  const look = (): void => {
    // The first one takes over by itself: there is nothing older to wait for.
    if (registration.waiting && navigator.serviceWorker.controller) { waits = true; for (const onChange of watchers) onChange(); }
  };
  look();
  registration.addEventListener('updatefound', () => { registration.installing?.addEventListener('statechange', look); });
  window.setInterval(() => { void registration.update().catch(() => undefined); }, LOOK_EVERY_MS);
}

export const newerWaits = (): boolean => waits;
export function watchNewer(onChange: () => void): () => void {
  watchers.add(onChange);
  return () => { watchers.delete(onChange); };
}

/**
 * Goes over to what the server has now: the version that waits, or one that is fetched for it; where there is none and files are missing all
 * the same, past everything that is kept here. What was typed is in drafts.
 */
export async function takeNewest(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration) { location.reload(); return; }
  const next = registration.waiting ?? await fetched(registration);
  if (next) {
    navigator.serviceWorker.addEventListener('controllerchange', () => { location.reload(); }, { once: true });
    next.postMessage('take over');
    return;
  }
  if (await isServed()) {
    await registration.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  }
  location.reload();
}

async function fetched(registration: ServiceWorkerRegistration): Promise<ServiceWorker | null> {
  await registration.update().catch(() => undefined);
  const { installing } = registration;
  if (!installing) return registration.waiting;
  await new Promise<void>((resolve) => {
    installing.addEventListener('statechange', () => { if (installing.state !== 'installing') resolve(); });
    window.setTimeout(resolve, LONGEST_FETCH_MS);
  });
  return registration.waiting;
}

/** Without a network, what is kept is all there is. */
const isServed = (): Promise<boolean> => fetch('/manifest.webmanifest', { cache: 'reload' }).then((answer) => answer.ok, () => false);

/** Could a file of this version not be loaded? Each browser has its own words for it. */
export const isMissingFile = (error: unknown): boolean => error instanceof Error && /dynamically imported module|module script failed|preload CSS/i.test(error.message);
