/** tus itself, behind the rules of the upload router: requests go in as web requests, answers come back as values. */
import { Readable } from 'node:stream';
import { ByteLengthQueuingStrategy, type ReadableStream } from 'node:stream/web';
import { Server, type DataStore } from '@tus/server';
import type { Request as HttpRequest } from 'express';
import { SIZE_LIMITS } from '../../platform/documents/accepted';
import { NOT_FOUND, type Problem } from '../problems';
import type { UploadMetadata } from './upload-request';

export const UPLOADS_PATH = '/v1/uploads';
export const TUS_VERSION = '1.0.0';

export interface TusAnswer { status: number; headers: Headers }

/** A new upload: its id, and the metadata to keep beside it in place of the client's. */
export interface NewUpload { uploadId: string; metadata: UploadMetadata & { uploadedBy: string } }

/** One tus exchange. */
export type Tus = (req: HttpRequest, create?: NewUpload) => Promise<TusAnswer>;

/** tus over this store. Who may do what, sizes and metadata are checked before. Throws what the store throws. */
export function createTus(dataStore: DataStore): Tus {
  const creations = new WeakMap<Request, NewUpload>();
  const faults = new WeakMap<Request, Error>();
  const server = new Server({
    path: UPLOADS_PATH,
    datastore: dataStore,
    relativeLocation: true,
    maxSize: Math.max(...Object.values(SIZE_LIMITS)),
    namingFunction: (request) => creations.get(request)!.uploadId,
    allowedOrigins: () => false, // the API decides about origins, for all routes alike
    // The store's own faults go to whoever answers and logs errors for the whole API; tus would put their text into its answer.
    onResponseError(request, error) {
      if (error instanceof Error) faults.set(request, error);
      return undefined;
    },
    onUploadCreate: (request) => Promise.resolve({ metadata: { ...creations.get(request)!.metadata } }),
  });
  return async (req, create) => {
    const request = webRequest(req);
    if (create) creations.set(request, create);
    const { status, headers } = await server.handleWeb(request);
    const fault = faults.get(request);
    if (fault) throw fault;
    return { status, headers };
  };
}

function webRequest(req: HttpRequest): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    if (typeof value === 'string') headers.set(name, value);
  }
  const sends = req.method === 'POST' || req.method === 'PATCH';
  return new Request(`http://localhost${req.path}`, {
    method: req.method,
    headers,
    // Counted in bytes: by default Node counts chunks and would take gigabytes into memory from a fast sender.
    ...(sends ? { body: Readable.toWeb(req, { strategy: new ByteLengthQueuingStrategy({ highWaterMark: 256 * 1024 }) }) as ReadableStream<Uint8Array>, duplex: 'half' } : {}),
  });
}

/** What the client did that tus does not allow, as a problem. */
export function tusProblem(status: number): Problem {
  if (status === 404) return NOT_FOUND;
  const known = TUS_PROBLEMS[status];
  return known ? { status, ...known } : { status: 500, code: 'upload-not-written', text: { zh: '上传内容未能写入，请稍后继续上传。', en: 'What was sent could not be written: go on with the upload later.' } };
}

const TUS_PROBLEMS: Partial<Record<number, Pick<Problem, 'code' | 'text' | 'headers'>>> = {
  400: { code: 'upload-headers', text: { zh: '上传请求头不符合 tus 1.0.0。', en: 'The headers are not those of tus 1.0.0: see Upload-Offset, Upload-Length and Content-Type.' } },
  403: { code: 'upload-headers', text: { zh: '上传请求头不符合 tus 1.0.0。', en: 'PATCH needs Upload-Offset and Content-Type application/offset+octet-stream (tus 1.0.0).' } },
  409: { code: 'upload-offset', text: { zh: '续传位置不对：请先用 HEAD 查询已收到的字节数。', en: 'Upload-Offset is not where the upload stands: ask with HEAD and go on from there.' } },
  410: { code: 'upload-gone', text: { zh: '这个上传已过期：请重新上传。', en: 'This upload has expired: begin a new one.' } },
  412: { code: 'tus-resumable', headers: { 'Tus-Version': TUS_VERSION }, text: { zh: '缺少请求头 Tus-Resumable: 1.0.0，或版本不同。', en: 'The header Tus-Resumable: 1.0.0 is missing or names another version.' } },
  413: { code: 'upload-length', text: { zh: '发送的内容超过所报的 Upload-Length。', en: 'More was sent than Upload-Length declared.' } },
  501: { code: 'upload-extension', text: { zh: '不支持这种 tus 扩展：请关闭并行上传。', en: 'This tus extension is not offered: send the file in one upload, not in parallel parts.' } },
};

/** The two ways of tus's stores of saying that there is no such upload. */
export function nullWhenGone(error: unknown): null {
  if (typeof error === 'object' && error !== null && 'status_code' in error && (error.status_code === 404 || error.status_code === 410)) return null;
  throw error;
}
