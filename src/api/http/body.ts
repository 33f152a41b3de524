/** Bodies: JSON only, bounded in bytes and in depth before anything looks at them (SPEC §3: every input is hostile until parsed). */
import { isUtf8 } from 'node:buffer';
import express, { type Request, type Response } from 'express';
import { fail, ProblemError, wrongInput, type Problem } from '../problems';
import { faultIn } from './hostile-json';
import { bodyPointer } from './route';

export interface BodyLimits { limitBytes: number; depth: number; mediaTypes: readonly string[] }
export const ORDINARY: BodyLimits = { limitBytes: 256 * 1024, depth: 20, mediaTypes: ['application/json'] };

/** Reads and parses the body. Throws ProblemError: 400 malformed, 413 too large or too deep, 415 another media type or encoding. */
export async function readJson(req: Request, res: Response, { limitBytes, depth, mediaTypes }: BodyLimits): Promise<unknown> {
  if (typeof req.is([...mediaTypes]) !== 'string') {
    fail({
      status: 415, code: 'media-type', field: 'Content-Type', headers: { Accept: mediaTypes.join(', ') },
      text: { zh: `请求体须为 ${mediaTypes.join(' 或 ')}。`, en: `Send the body as ${mediaTypes.join(' or ')}.` },
    });
  }
  const key = `${limitBytes} ${depth}`;
  const parser = parsers.get(key) ?? express.json({ limit: limitBytes, type: () => true, verify: (_req, _res, bytes, encoding) => { judge(bytes, encoding, depth); } });
  parsers.set(key, parser);
  await new Promise<void>((resolve, reject) => {
    parser(req, res, (error?: unknown) => { if (error === undefined) resolve(); else reject(error instanceof Error ? error : new Error('unreadable body')); });
  }).catch((error: unknown) => fail(problemOf(error, limitBytes)));
  return req.body;
}

const parsers = new Map<string, ReturnType<typeof express.json>>();

const ENCODING: Problem = { status: 415, code: 'encoding', field: 'Content-Encoding', text: { zh: '不支持这种编码，请用 UTF-8。', en: 'This encoding is not supported: send UTF-8, plain or gzip.' } };

function problemOf(error: unknown, limitBytes: number) {
  if (error instanceof ProblemError) return error.problem;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  if (status === 413) return { status: 413, code: 'too-large', text: { zh: `请求体超过 ${limitBytes} 字节。`, en: `The body is larger than ${limitBytes} bytes. Files go to /v1/uploads.` } };
  if (status === 415) return ENCODING;
  if (status === 400) return MALFORMED;
  throw error;
}

export const MALFORMED: Problem = { status: 400, code: 'malformed-json', text: { zh: '请求体不是合法的 JSON。', en: 'The body is not valid JSON.' } };

/** Parses bytes that came by another way than `readJson`, under the same rules. Throws ProblemError: 400, 413, 422. */
export function parseJson(bytes: Buffer, { depth }: Pick<BodyLimits, 'depth'> = ORDINARY): unknown {
  judge(bytes, 'utf-8', depth);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return fail(MALFORMED);
  }
}

/** Judges the bytes before anything is made of them. */
function judge(bytes: Buffer, encoding: string, depth: number): void {
  // In another encoding a bracket would not be a byte.
  if (encoding !== 'utf-8') fail(ENCODING);
  const fault = faultIn(bytes, depth);
  if (fault?.kind === 'too-deep') return fail({ status: 413, code: 'too-deep', text: { zh: `请求体嵌套超过 ${depth} 层。`, en: `The body is nested more than ${depth} levels deep: send a flatter one.` } });
  if (!isUtf8(bytes)) fail(MALFORMED);
  if (fault?.kind === 'duplicate-name') fail({ status: 400, code: 'duplicate-name', field: bodyPointer(fault.path), text: { zh: '请求体中同一对象的名称重复，无法确定取哪个值。', en: 'The body has a name twice in one object: which of the values is meant cannot be told.' } });
  if (fault) fail(wrongInput([{ field: bodyPointer(fault.path), rule: fault.rule }]));
}
