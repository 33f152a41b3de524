/**
 * The service worker: the console opens without a network. It keeps the built files only; answers of the API never pass through its cache.
 * `FILES` and `VERSION` are written in front of it by the build (vite.config.ts).
 */
declare const FILES: readonly string[];
declare const VERSION: string;

const worker = self as unknown as ServiceWorkerGlobalScope;

const CACHE = `kuaipei-${VERSION}`;

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: file.startsWith('/assets/') ? 'default' : 'reload' })))));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith('kuaipei-') && name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  })());
});

/** The person has agreed to the new version. */
worker.addEventListener('message', (event) => { if (event.data === 'take over') void worker.skipWaiting(); });

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin) return;
  if (request.mode === 'navigate') {
    if (!/^\/(v1|docs|metrics|healthz|readyz)(\/|$)|^\/(openapi\.json|verify\.html)$/.test(pathname)) event.respondWith(page(request));
  } else if (pathname.startsWith('/assets/')) {
    event.respondWith(asset(request));
  } else if (FILES.includes(pathname)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});

/** The one page of the console, as it belongs to the kept files: it opens at once, and a newer version says when it waits. */
async function page(request: Request): Promise<Response> {
  return (await (await caches.open(CACHE)).match('/index.html')) ?? fetch(request);
}

/** Names of assets change with their content: what is kept is right. What was left out of the list is kept when first used. */
async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}
