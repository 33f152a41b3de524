/** Resumable uploads (tus 1.0.0) at `/v1/uploads`. SPEC §1.3: sha-256, media type sniffed from content, never overwritten. */
import { randomUUID } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import type { DocumentKind } from '../../domain/claim/documents';
import type { DocumentFlag } from '../../platform/documents/inspect';
import { ScannerUnavailable, type Scanner } from '../../platform/documents/scanner';
import type { DocumentStore, UploadEnd } from '../../platform/documents/store';
import { verify } from '../../platform/documents/verify';
import { fail, NO_ROOM, NOT_FOUND, notAllowed, ProblemError, type Problem } from '../problems';
import { createTus, nullWhenGone, tusProblem, TUS_VERSION, UPLOADS_PATH } from './tus-protocol';
import { parseUploadRequest, problemOf, stagedMetadata } from './upload-request';

/** A verified upload, ready to become a row of `document`. */
export interface StoredUpload {
  /** UUID; serves as the document's id. The callback may come twice with the same one after a crash. */
  uploadId: string;
  claimNo: string;
  kind: DocumentKind;
  /** Safe to show. */
  fileName: string;
  bytes: number;
  mediaType: string;
  sha256: string;
  storageKey: string;
  /** The content's data key, sealed. */
  objectKey: string;
  flags: DocumentFlag[];
  /** Person id. */
  uploadedBy: string;
}

export interface UploadRouterOptions {
  store: DocumentStore;
  scanner: Scanner;
  /** Person id of the authenticated caller. */
  personOf: (req: Request) => string;
  /** Throws ProblemError unless the caller may upload this kind to this claim now; a claim out of scope is NOT_FOUND. Asked at the start and again at the end. */
  authorise: (req: Request, claimNo: string, kind: DocumentKind) => Promise<void>;
  /** Writes the document's row, once per uploadId however often it is called. */
  onStored: (stored: StoredUpload, req: Request) => Promise<{ documentId: string }>;
  room: UploadRoom;
}

/** How much may be on its way at once. */
export interface UploadRoom {
  /** Takes room for a new upload of the caller. Throws ProblemError: 409 too many, 413 too large together. */
  take: (req: Request, upload: { uploadId: string; claimNo: string; bytes: number }) => Promise<void>;
  /** Gives it back: the upload has ended or was given up. Never throws: what was not given back is found when there is no room. */
  giveBack: (req: Request, uploadId: string) => Promise<void>;
}

/** Names the document in the answer to the last byte, for clients that see headers only. */
export const DOCUMENT_ID_HEADER = 'Document-Id';

const METHODS = ['OPTIONS', 'POST', 'HEAD', 'PATCH', 'DELETE'];
const UPLOAD_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A part-received upload of the caller. */
interface Open { uploadId: string; claimNo: string; kind: DocumentKind; fileName: string; sha256: string; uploadedBy: string; offset: number; bytes: number }

/** The router; mount it where authentication has run and no body parser takes `application/offset+octet-stream`. Problems are thrown (ProblemError). */
export function createUploadRouter(options: UploadRouterOptions): Router {
  const { store: { staging }, personOf, authorise, room } = options;
  const tus = createTus(staging.dataStore);
  const ending = new Map<string, Promise<UploadEnd>>();
  const router = Router();

  // tus 1.0.0: every answer names the version, and a request in another one goes no further.
  router.use(UPLOADS_PATH, (req, res, next) => {
    res.set('Tus-Resumable', TUS_VERSION);
    if (req.method !== 'OPTIONS' && METHODS.includes(req.method) && req.get('tus-resumable') !== TUS_VERSION) fail(tusProblem(412));
    next();
  });

  router.options([UPLOADS_PATH, `${UPLOADS_PATH}/:id`], async (req, res) => { pass(res, await tus(req)); });

  router.post(UPLOADS_PATH, async (req, res) => {
    const { metadata, bytes } = parseUploadRequest(req.get('upload-length'), req.get('upload-metadata'));
    await authorise(req, metadata.claimNo, metadata.kind);
    if (!(await hasRoom(bytes))) fail(NO_ROOM);
    const uploadId = randomUUID(); // nobody can guess it, and it becomes the document's id
    const answer = await room.take(req, { uploadId, claimNo: metadata.claimNo, bytes })
      .then(() => tus(req, { uploadId, metadata: { ...metadata, uploadedBy: personOf(req) } }))
      .catch(async (error: unknown) => {
        if (!(error instanceof ProblemError)) await forget(req, uploadId);
        throw error;
      });
    if (answer.status >= 400 && (await openUpload(uploadId, personOf(req))) === null) await room.giveBack(req, uploadId);
    // The whole file may have come with this request already.
    if (answer.status < 400 && answer.headers.get('upload-offset') === String(bytes)) {
      const open = await openUpload(uploadId, personOf(req));
      if (open) { sendEnd(res, await end(open, req), answer.headers); return; }
    }
    pass(res, answer);
  });

  router.all(`${UPLOADS_PATH}/:id`, async (req, res, next) => {
    if (!['HEAD', 'PATCH', 'DELETE'].includes(req.method)) { next(); return; }
    const uploadId = req.params['id'] ?? '';
    if (!UPLOAD_ID.test(uploadId)) fail(NOT_FOUND);
    const ended = await staging.end(uploadId);
    if (ended) { sendAgain(req, res, ended); return; }
    const open = await openUpload(uploadId, personOf(req));
    if (!open) {
      // Another request may have ended it since we looked.
      sendAgain(req, res, (await staging.end(uploadId)) ?? fail(NOT_FOUND));
      return;
    }
    // All is here but was never finished: the process died in between, or another request is at it.
    if (open.offset === open.bytes) { sendEnd(res, await end(open, req), tusHeaders(open.bytes)); return; }
    const answer = await tus(req);
    if (answer.status < 400 && answer.headers.get('upload-offset') === String(open.bytes)) {
      sendEnd(res, await end(open, req), answer.headers);
      return;
    }
    if (req.method === 'DELETE' && answer.status < 400) await room.giveBack(req, uploadId);
    if (answer.status === 500 && !(await hasRoom(0))) fail(NO_ROOM);
    pass(res, answer);
  });

  router.all([UPLOADS_PATH, `${UPLOADS_PATH}/:id`], () => fail(notAllowed(METHODS)));

  return router;

  /** What failed may have been done all the same. Nobody was told where it is: it would only take room, for as long as an upload may be gone on with. */
  async function forget(req: Request, uploadId: string): Promise<void> {
    await staging.dataStore.remove(uploadId).catch(() => undefined);
    await room.giveBack(req, uploadId);
  }

  async function hasRoom(bytes: number): Promise<boolean> {
    const free = await staging.freeBytes();
    return free === null || free > bytes + KEPT_FREE;
  }

  /** The caller's unfinished upload; null when there is none or it is somebody else's. */
  async function openUpload(uploadId: string, personId: string): Promise<Open | null> {
    const upload = await staging.dataStore.getUpload(uploadId).catch(nullWhenGone);
    const metadata = upload && stagedMetadata.parse(upload.metadata);
    if (!upload || !metadata || upload.size === undefined || metadata.uploadedBy !== personId) return null;
    const { filename, ...rest } = metadata;
    return { uploadId, ...rest, fileName: filename, offset: upload.offset, bytes: upload.size };
  }

  /** Ends an upload once, however many requests ask at the same time. */
  function end(open: Open, req: Request): Promise<UploadEnd> {
    const running = ending.get(open.uploadId) ?? endOf(open, req, options).finally(() => ending.delete(open.uploadId));
    ending.set(open.uploadId, running);
    return running;
  }

  function sendAgain(req: Request, res: Response, ended: UploadEnd): void {
    if (ended.uploadedBy !== personOf(req)) fail(NOT_FOUND);
    // A document is superseded, never taken back (SPEC §1.3).
    if (req.method === 'DELETE') fail(ALREADY_ENDED);
    if (req.method === 'PATCH' && req.get('upload-offset') !== String(ended.bytes)) fail(tusProblem(409));
    sendEnd(res, ended, tusHeaders(ended.bytes));
  }
}

/** Left free for the database and logs of a machine that has one disk. */
const KEPT_FREE = 256 * 1024 ** 2;

const ALREADY_ENDED: Problem = { status: 409, code: 'upload-ended', rule: 'SPEC §1.3', text: { zh: '上传已完成，不能撤销：如需更正，请上传新文件替代。', en: 'The upload has ended and cannot be taken back: to correct it, upload a file that supersedes it.' } };
const SCANNER_AWAY: Problem = { status: 503, code: 'scanner-unavailable', retryAfter: 30, text: { zh: '文件已收到，病毒扫描暂不可用：请稍后继续。', en: 'The file is here but cannot be scanned for malware now: go on with the upload shortly.' } };

/** Verifies what was received and stores or refuses it; a ProblemError is for now only and leaves the upload as it is. */
async function endOf(open: Open, req: Request, { store: { staging }, scanner, authorise, onStored, room }: UploadRouterOptions): Promise<UploadEnd> {
  const { uploadId, claimNo, kind, fileName, sha256, uploadedBy, bytes } = open;
  const before = await staging.end(uploadId);
  if (before) return before;
  await authorise(req, claimNo, kind);
  try {
    const verified = await verify(await staging.open(uploadId, bytes), { kind, fileName, sha256 }, scanner);
    let outcome: UploadEnd['outcome'];
    if (verified.kind === 'refused') {
      outcome = verified;
    } else {
      const { mediaType, flags } = verified;
      const storageKey = `documents/${uploadId}`;
      const objectKey = await staging.keep(uploadId, bytes, storageKey);
      const { documentId } = await onStored({ uploadId, claimNo, kind, fileName, bytes, mediaType, sha256, storageKey, objectKey, flags, uploadedBy }, req);
      outcome = { kind: 'stored', documentId, mediaType, sha256, flags };
    }
    const end = { uploadedBy, bytes, outcome };
    await staging.finish(uploadId, end);
    await room.giveBack(req, uploadId);
    return end;
  } catch (error) {
    if (error instanceof ScannerUnavailable) fail(SCANNER_AWAY);
    throw error;
  }
}

function sendEnd(res: Response, { outcome, bytes }: UploadEnd, headers: Headers): void {
  if (outcome.kind === 'refused') {
    const problem = problemOf(outcome);
    // A HEAD has no body to tell the reason in; 410 makes clients stop resuming.
    return fail(res.req.method === 'HEAD' ? { ...problem, status: 410 } : problem);
  }
  const { documentId, mediaType, sha256, flags } = outcome;
  setHeaders(res, headers);
  res.set(DOCUMENT_ID_HEADER, documentId);
  // tus wants 201 for a creation and takes any 2xx for the last PATCH.
  res.status(res.req.method === 'POST' ? 201 : 200).json({ documentId, bytes, mediaType, sha256, flags });
}

function pass(res: Response, answer: { status: number; headers: Headers }): void {
  if (answer.status >= 400) fail(tusProblem(answer.status));
  setHeaders(res, answer.headers);
  res.status(answer.status).end();
}

/** The headers of tus, without the media type that it gives to its own empty body. */
function setHeaders(res: Response, headers: Headers): void {
  for (const [name, value] of headers) if (name !== 'content-type') res.set(name, value);
}

const tusHeaders = (bytes: number): Headers =>
  new Headers({ 'Cache-Control': 'no-store', 'Upload-Offset': String(bytes), 'Upload-Length': String(bytes) });
