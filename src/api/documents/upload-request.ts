/** What a client says when it opens an upload, parsed; every refusal that needs no byte of the file is made here. */
import { Metadata } from '@tus/server';
import { z } from 'zod';
import type { Text } from '../../domain/claim';
import { DOCUMENT_KINDS } from '../../domain/claim/documents';
import { sizeLimit } from '../../platform/documents/accepted';
import { extensionOf, safeFileName } from '../../platform/documents/file-name';
import { instead, refuse, type Refusal } from '../../platform/documents/refusals';
import { fieldError } from '../http/fields';
import { fail, type Problem } from '../problems';

/** tus metadata of an upload, as kept beside it. All four of the client's are required; `uploadedBy` is ours. */
export const uploadMetadata = z.object({
  claimNo: z.string().regex(/^KP-\d{4}-\d{6}$/),
  kind: z.enum(DOCUMENT_KINDS),
  filename: z.string().min(1).max(1_000).transform(safeFileName),
  /** sha-256 of the whole file, hex; compared when the last byte is here. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/i).transform((hex) => hex.toLowerCase()),
});
export type UploadMetadata = z.infer<typeof uploadMetadata>;

/** The same as read back from the staging. */
export const stagedMetadata = uploadMetadata.extend({ uploadedBy: z.string().min(1) });

const RULES: Record<keyof UploadMetadata, Text> = {
  claimNo: { zh: '案件号，如 KP-2026-000123', en: 'a claim number such as KP-2026-000123' },
  kind: { zh: `以下之一：${DOCUMENT_KINDS.join('、')}`, en: `one of ${DOCUMENT_KINDS.join(', ')}` },
  filename: { zh: '文件名，1 至 1000 个字符', en: 'the file name as shown, 1 to 1000 characters' },
  sha256: { zh: '文件的 sha-256，64 位十六进制', en: 'the sha-256 of the file, 64 hexadecimal digits' },
};

export interface UploadRequest { metadata: UploadMetadata; bytes: number }

/** Parses the headers `Upload-Length` (bytes; required: limits need it) and `Upload-Metadata` of a tus creation. Throws ProblemError: 400, 413, 422. */
export function parseUploadRequest(uploadLength: string | undefined, uploadMetadataHeader: string | undefined): UploadRequest {
  const parsed = uploadMetadata.safeParse(metadataOf(uploadMetadataHeader));
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))] as (keyof UploadMetadata)[];
    return fail(badRequest(fields.map((field) => ({ field: `Upload-Metadata.${field}`, rule: RULES[field] }))));
  }
  if (uploadLength === undefined || !/^\d{1,15}$/.test(uploadLength)) {
    return fail(badRequest([{ field: 'Upload-Length', rule: { zh: '文件的字节数，不能以后再给', en: 'the size of the file in bytes; it cannot be given later' } }]));
  }
  const metadata = parsed.data;
  const bytes = Number(uploadLength);
  if (bytes === 0) fail(problemOf(refuse('empty')));
  const extension = extensionOf(metadata.filename);
  if (instead(extension)) fail(problemOf(refuse('type-not-accepted', { found: extension })));
  const limitBytes = sizeLimit(metadata.kind, extension);
  if (bytes > limitBytes) fail(problemOf(refuse('too-large', { limitBytes })));
  return { metadata, bytes };
}

/** A refused file as a problem. */
export function problemOf({ rule, text }: Refusal): Problem {
  return { status: rule === 'too-large' ? 413 : 422, code: rule, rule: 'SPEC §1.3', text };
}

function metadataOf(header: string | undefined): Record<string, string | null> {
  try {
    return Metadata.parse(header);
  } catch {
    return {};
  }
}

const badRequest = (errors: { field: string; rule: Text }[]): Problem => ({
  status: 400,
  code: 'upload-headers',
  text: {
    zh: `上传请求缺少或填错：${errors.map((error) => error.field).join('、')}。`,
    en: `The upload request lacks or misstates ${errors.map((error) => `${error.field} (${error.rule.en})`).join('; ')}.`,
  },
  errors: errors.map(({ field, rule }) => fieldError(field, rule)),
  ...(errors[0] ? { field: errors[0].field } : {}),
});
