/** A document's content at `/v1/documents/{id}`: the only way out of the store; and tickets to it. */
import { pipeline } from 'node:stream/promises';
import { Router, type Request } from 'express';
import { acceptedType } from '../../platform/documents/accepted';
import { ContentChanged } from '../../platform/documents/frames';
import { locationsOf, without } from '../../platform/documents/location';
import type { DocumentFlag } from '../../platform/documents/inspect';
import type { ObjectStore, StoredContent } from '../../platform/documents/store';
import { wantedRange } from './byte-range';
import { contentDisposition } from './content-disposition';
import { fail, NOT_FOUND, notAllowed } from '../problems';

/** What of a document's row its content needs. */
export interface DocumentContent extends StoredContent {
  id: string;
  fileName: string;
  mediaType: string;
  sha256: string;
  flags: readonly string[];
}

export interface ContentRouterOptions {
  store: ObjectStore;
  /** The document within the caller's scope, or null. */
  find: (req: Request, id: string) => Promise<DocumentContent | null>;
  /** Records that the caller is about to read it; `goesOn`: not from its beginning. Throwing keeps the content back (SPEC §1.2: each read logged). */
  recordRead: (req: Request, document: DocumentContent, goesOn: boolean) => Promise<void>;
  /** Leave to read this document by its address alone, for the caller. */
  ticketFor: (req: Request, documentId: string) => Promise<{ url: string; expiresAt: string }>;
}

const DOCUMENT_PATH = '/v1/documents/:id';
const TICKET_PATH = '/v1/documents/:id/ticket';
const DOCUMENT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** What makes a file more than something to look at. */
const NEVER_INLINE: readonly DocumentFlag[] = ['active-content', 'embedded-file', 'encrypted', 'trailing-data', 'not-scanned'];

/** The router; mount it where authentication has run. GET (whole or one byte range) and HEAD, POST for a ticket; anything else is 405. Problems are thrown (ProblemError). */
export function createContentRouter({ store, find, recordRead, ticketFor }: ContentRouterOptions): Router {
  const router = Router();
  const locations = locationsOf(store);

  // Express sends HEAD here too.
  router.get(DOCUMENT_PATH, async (req, res) => {
    const document = await found(req);
    const isHead = req.method === 'HEAD';
    const stored = await store.stat(document);
    if (stored === null) throw new Error(`the content of document ${document.id} is missing from the store`);
    if (stored.bytes !== document.bytes) throw new ContentChanged(document.storageKey, `it has ${String(stored.bytes)} bytes`);
    // Where a picture was taken is nobody's business here; the original, as it came, is in the evidence pack.
    const hidden = await locations(document);
    const etag = hidden.length === 0 ? `"${document.sha256}"` : `"${document.sha256}-without-location"`;
    const range = req.get('if-range') === undefined || req.get('if-range') === etag ? req.get('range') : undefined;
    const wanted = wantedRange(isHead ? undefined : range, document.bytes);
    if (wanted.kind === 'not-satisfiable') {
      return fail({
        status: 416, code: 'range-not-satisfiable', field: 'Range', headers: { 'Content-Range': `bytes */${String(document.bytes)}` },
        text: { zh: '请求的字节范围超出文件。', en: `The range asked for lies outside the ${String(document.bytes)} bytes of the document.` },
      });
    }
    if (!isHead) await recordRead(req, document, wanted.kind === 'part' && wanted.start > 0);

    res.set({
      ETag: etag,
      'Accept-Ranges': 'bytes',
      // Nothing stays on a shared computer, and each reading is recorded.
      'Cache-Control': 'no-store',
      'Content-Type': document.mediaType,
      'Content-Disposition': contentDisposition(isInline(document) ? 'inline' : 'attachment', document.fileName),
      // Whatever a file holds, it must not run with the origin of the console.
      'Content-Security-Policy': "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
    });
    if (isHead) { res.set('Content-Length', String(document.bytes)).end(); return; }
    if (req.get('if-none-match')?.split(/\s*,\s*/).some((one) => one === etag || one === `W/${etag}`)) { res.status(304).end(); return; }

    const { start, end } = wanted.kind === 'part' ? wanted : { start: 0, end: document.bytes - 1 };
    const content = await store.openRange(document, { start, end });
    res.set('Content-Length', String(end - start + 1));
    if (wanted.kind === 'part') res.status(206).set('Content-Range', `bytes ${String(start)}-${String(end)}/${String(document.bytes)}`);
    try {
      await pipeline(content, without(hidden, start), res);
    } catch (error) {
      // A reader that goes away in the middle is no fault of ours.
      if (!isPrematureClose(error)) throw error;
    }
  });

  // It changes nothing, so it takes no key.
  router.post(TICKET_PATH, async (req, res) => {
    const { id } = await found(req);
    res.set('Cache-Control', 'no-store').json(await ticketFor(req, id));
  });

  router.all(DOCUMENT_PATH, () => fail(notAllowed(['GET', 'HEAD'])));
  router.all(TICKET_PATH, () => fail(notAllowed(['POST'])));

  return router;

  async function found(req: Request<{ id: string }>): Promise<DocumentContent> {
    const { id } = req.params;
    return (DOCUMENT_ID.test(id) ? await find(req, id) : null) ?? fail(NOT_FOUND);
  }
}

function isInline(document: DocumentContent): boolean {
  const inert = acceptedType(document.mediaType)?.inline ?? false;
  return inert && !NEVER_INLINE.some((flag) => document.flags.includes(flag));
}

const isPrematureClose = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
