/** The console: its files, what it must know before anybody is signed in, and what its pages may load (no third party, no inline script). */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import express, { Router, type RequestHandler } from 'express';
import helmet from 'helmet';
import { fail, NOT_FOUND } from './problems';

export interface ConsoleOptions {
  /** Folder of the built console. */
  folder: string;
  issuer: string;
  clientId: string;
  temporalUiUrl: string;
}

const YEAR_MS = 365 * 24 * 3_600_000;

/** Pages of the console at every address that is no part of the API. Mount it after the API's own routes' prefixes are known: it answers GET for pages only. */
export function consoleRouter({ folder, issuer, clientId, temporalUiUrl }: ConsoleOptions): Router {
  const router = Router();
  router.use(helmet({
    contentSecurityPolicy: { useDefaults: false, directives: {
      'default-src': ["'none'"], 'script-src': ["'self'", "'wasm-unsafe-eval'"], 'style-src': ["'self'", "'unsafe-inline'"], 'img-src': ["'self'", 'blob:', 'data:'], 'media-src': ["'self'", 'blob:'], 'font-src': ["'self'", 'data:'],
      'connect-src': ["'self'", new URL(issuer).origin], 'worker-src': ["'self'", 'blob:'], 'manifest-src': ["'self'"], 'frame-ancestors': ["'none'"], 'form-action': ["'self'"], 'base-uri': ["'none'"],
    } },
    referrerPolicy: { policy: 'no-referrer' },
  }));
  router.get('/console-settings.json', (_req, res) => { res.set('Cache-Control', 'no-cache').json({ issuer, clientId, temporalUiUrl }); });
  // A sign-out on a shared computer: what its browser keeps of answers goes too.
  router.post('/signed-out', (_req, res) => { res.set({ 'Clear-Site-Data': '"cache"', 'Cache-Control': 'no-store' }).status(204).end(); });
  // One file that also works from a disk: its script is inline, and its own policy, which allows that script alone, is said again as a header.
  router.get('/verify.html', async (_req, res, next) => {
    const page = await readFile(join(folder, 'verify.html'), 'utf8').catch(() => null);
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]+)">/.exec(page ?? '')?.[1];
    if (page === null || policy === undefined) { next(); return; }
    res.set({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': `${policy}; frame-ancestors 'none'` }).type('html').send(page);
  });
  router.use('/assets', smallest(join(folder, 'assets')));
  // Their names change with their content.
  router.use('/assets', express.static(join(folder, 'assets'), { immutable: true, maxAge: YEAR_MS, index: false, redirect: false }), () => fail(NOT_FOUND));
  router.use(express.static(folder, { index: false, redirect: false, setHeaders: (res) => { res.setHeader('Cache-Control', 'no-cache'); } }));
  router.get(/^\/(?!v1\/|v1$|docs|metrics|healthz|readyz|openapi\.json)/, (req, res, next) => {
    const page = join(folder, 'index.html');
    if (req.accepts(['json', 'html']) !== 'html' || !existsSync(page)) { next(); return; }
    res.set('Cache-Control', 'no-cache').sendFile(page);
  });
  return router;
}

/** Who takes Brotli gets the file as the build has compressed it, at its best: a phone's first inbox waits for nothing longer than for scripts. */
const smallest = (assets: string): RequestHandler => (req, res, next) => {
  const { name, ext } = parse(req.path);
  if (req.acceptsEncodings('br') === 'br' && existsSync(join(assets, `${name}${ext}.br`))) {
    req.url = `/${name}${ext}.br`;
    res.set('Content-Encoding', 'br').vary('Accept-Encoding').type(ext);
  }
  next();
};
