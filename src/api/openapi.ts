/** OpenAPI 3.1, made from the table of routes and their zod schemas: what is declared is what is served. */
import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject, type ZodOpenApiResponseObject } from 'zod-openapi';
import { bankCallbackSchema } from '../platform/outside/bank';
import { documentTicket } from './documents/ticket';
import { codecCookie, CODEC_PATH, payloadsSchema } from './glass/codec';
import { patientSession, sessionRequest } from './patient/sessions';
import { ACT_ID, claimNoSchema, isForLinks, type AnswerShape, type AnyRoute } from './http/route';

const problem = z.object({
  type: z.string(), title: z.string(), status: z.int(), detail: z.string().meta({ description: 'In the language of Accept-Language' }), code: z.string(), rule: z.string().optional(),
  text: z.object({ zh: z.string(), en: z.string() }), field: z.string().optional(), errors: z.array(z.object({
    field: z.string(), rule: z.string(), text: z.object({ zh: z.string(), en: z.string() }).meta({ description: 'The name of the field and the rule, for people' }),
  })).optional(),
  allowed: z.array(z.string()).optional(), details: z.looseObject({}).optional(),
}).meta({ id: 'Problem', description: 'RFC 9457: what was refused, by which rule, and what to do' });

const MEANING: Record<number, string> = {
  400: 'Malformed: JSON or a required header', 401: 'Not signed in', 403: 'Your role, or the rule of two persons, does not allow it', 404: 'Not there, or outside your scope',
  405: 'Another method; see Allow', 409: 'Conflicts with the state of the claim, or the id was used with another body', 412: 'Another version than If-Match', 413: 'Too large or nested too deep',
  415: 'Another media type', 422: 'A field breaks a rule', 410: 'Expired', 416: 'Outside the file', 429: 'Too many; see Retry-After', 500: 'Our fault; logged', 503: 'A part we need is away; see Retry-After', 507: 'No room for the file',
};

/** Response headers by name, where a route declares them. */
const HEADERS: Record<string, z.ZodType> = {
  ETag: z.string().meta({ description: 'The version of the claim', example: '"12"' }), Location: z.string().meta({ example: '/v1/claims/KP-2026-000123' }),
};

/** 429 may meet everybody (docs/decisions/0019-limits.md). */
const problems = (...statuses: number[]): Record<string, ZodOpenApiResponseObject> =>
  Object.fromEntries([...new Set([...statuses, 429])].sort().map((status) => [String(status), { description: MEANING[status] ?? 'Problem', content: { 'application/problem+json': { schema: problem } } }]));

const id = z.object({ id: z.string().min(1).max(100) });
const bytes = { schema: { type: 'string' as const, format: 'binary' } };
const uploadedDocument = z.object({ documentId: z.uuid(), bytes: z.int(), mediaType: z.string(), sha256: z.string(), flags: z.array(z.string()) }).meta({ id: 'UploadedDocument', description: 'What the server found in an upload that has ended; an act names it so' });
const tus = (more: Record<string, z.ZodType>) => z.object({ 'Tus-Resumable': z.literal('1.0.0'), ...more });

/** What nobody signed in sends as JSON: files as streams (their own routers say more), patients' codes, and the bank's signed calls. */
const STREAMS: ZodOpenApiPathsObject = {
  '/v1/uploads': {
    post: {
      operationId: 'createUpload', tags: ['documents'], summary: 'Begin a resumable upload (tus 1.0.0)',
      description: '`Upload-Metadata` (tus: comma-separated `key base64`) carries claimNo, kind, filename and sha256 (hex) of the file.',
      requestParams: { header: tus({ 'Upload-Length': z.string().regex(/^\d{1,15}$/), 'Upload-Metadata': z.string().min(1).max(4000) }) },
      requestBody: { required: false, content: { 'application/offset+octet-stream': bytes } },
      responses: { 201: { description: 'Begun; go on at Location. The document, where the whole file came with it', content: { 'application/json': { schema: uploadedDocument } } }, ...problems(400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 500, 503, 507) },
    },
  },
  '/v1/uploads/{id}': {
    patch: {
      operationId: 'continueUpload', tags: ['documents'], summary: 'Send the next part; the last one is answered with the document', requestParams: { path: id, header: tus({ 'Upload-Offset': z.string().regex(/^\d{1,15}$/) }) },
      requestBody: { required: true, content: { 'application/offset+octet-stream': bytes } },
      responses: { 200: { description: 'The last part: the document', content: { 'application/json': { schema: uploadedDocument } } }, 204: { description: 'Taken; send the next' }, ...problems(400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 500, 503, 507) },
    },
  },
  '/v1/documents/{id}': {
    get: {
      operationId: 'readDocument', tags: ['documents'], summary: 'The content of a document, whole or one range; each reading is recorded', description: 'By bearer token, or by the ticket of an address made for it.', requestParams: { path: id, query: z.object({ ticket: z.string().regex(/^[\w.-]{1,2000}$/).optional() }) },
      responses: { 200: { description: 'The content', content: { '*/*': bytes } }, 206: { description: 'The range', content: { '*/*': bytes } }, 304: { description: 'Not changed' }, ...problems(401, 404, 405, 416, 422, 500, 503) },
    },
  },
  '/v1/documents/{id}/ticket': {
    post: {
      operationId: 'ticketForDocument', tags: ['documents'], summary: 'Leave to read a document by its address alone, for five minutes: for players and downloads, which send no token', requestParams: { path: id },
      responses: { 200: { description: 'The address', content: { 'application/json': { schema: documentTicket } } }, ...problems(401, 404, 405, 500, 503) },
    },
  },
  '/v1/patient-sessions': {
    post: {
      operationId: 'openPatientLink', tags: ['patients'], summary: "Open a patient's link: a token for its one claim", security: [],
      requestBody: { required: true, content: { 'application/json': { schema: sessionRequest } } },
      responses: { 200: { description: 'The session', content: { 'application/json': { schema: patientSession } } }, ...problems(400, 401, 404, 405, 413, 415, 422, 429, 500, 503) },
    },
  },
  [`${CODEC_PATH}/decode`]: {
    post: {
      operationId: 'decodePayloads', tags: ['operations'], summary: "Payloads in clear, for the Temporal UI of operations who broke the glass", security: [{ codec: [] }],
      requestBody: { required: true, content: { 'application/json': { schema: payloadsSchema } } },
      responses: { 200: { description: 'Decoded; what its key does not open stays as it is', content: { 'application/json': { schema: payloadsSchema } } }, ...problems(400, 401, 403, 405, 413, 415, 422, 500, 503) },
    },
  },
  '/v1/webhooks/bank': {
    post: {
      operationId: 'bankCallback', tags: ['outside'], summary: 'The bank says what became of a payment', security: [{ signature: [] }],
      requestBody: { required: true, content: { 'application/json': { schema: bankCallbackSchema } } },
      responses: { 200: { description: 'Kept under its event id', content: { 'application/json': { schema: z.object({ taken: z.enum(['applied', 'kept']) }) } } }, ...problems(400, 401, 405, 409, 413, 422, 500, 503) },
    },
  },
};

/** The document for these routes, served at `publicUrl`. */
export function openApiDocument(routes: readonly AnyRoute[], publicUrl: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  Object.assign(paths, STREAMS);
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Kuaipei', version: '1', description: 'Surgical-accident claims. Acts carry an `Idempotency-Key` made where the person acts: repeated, it changes nothing and gets the same answer. Files are uploaded by tus 1.0.0 at `/v1/uploads` and read at `/v1/documents/{id}`.' },
    servers: [{ url: publicUrl }],
    security: [{ bearer: [] }],
    components: { securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Access token (at+jwt) of the OpenID Connect issuer; claims person_id, roles, hospital, departments, insurer; or the token of a patient’s link, for its one claim' },
      codec: { type: 'apiKey', in: 'cookie', name: codecCookie(publicUrl).name, description: 'Set by `POST /v1/break-glass` for payloads' },
      signature: { type: 'apiKey', in: 'header', name: 'x-kuaipei-signature', description: 'HMAC-SHA256 (hex) of `${x-kuaipei-time}.${body}` with the shared secret' },
    } },
    paths,
  });
}

function operation(route: AnyRoute): ZodOpenApiOperationObject {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  const header = {
    ...(route.keyed ? { 'Idempotency-Key': z.string().regex(ACT_ID).meta({ description: 'Id of the act, made by the client; kept 30 days' }) } : {}),
    ...route.headers,
  };
  const errors = [401, 405, 500, 503, ...(route.keyed ? [400] : []), ...(route.body ? [400, 413, 415, 422] : []), ...(route.by ? [403] : []), ...(isForLinks(route) ? [] : [404]), ...(route.problems ?? [])];
  return {
    operationId: route.id, summary: route.summary, tags: [route.tag], ...(route.description === undefined ? {} : { description: route.description }),
    requestParams: {
      ...(names.length > 0 ? { path: z.object(Object.fromEntries(names.map((name) => [name, name === 'claimNo' ? claimNoSchema : z.string().min(1).max(100)]))) } : {}),
      ...(route.query ? { query: route.query as unknown as z.ZodObject } : {}),
      ...(Object.keys(header).length > 0 ? { header: z.object(header) } : {}),
    },
    ...(route.body ? { requestBody: { required: true, content: Object.fromEntries((route.body.mediaTypes ?? ['application/json']).map((type) => [type, { schema: route.body!.schema, example: route.body!.example }])) } } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, shape]) => [status, answer(shape)])),
      ...problems(...errors),
    },
  };
}

function answer({ description, schema, headers, mediaType = 'application/json' }: AnswerShape): ZodOpenApiResponseObject {
  return {
    description,
    ...(schema ? { content: { [mediaType]: { schema } } } : {}),
    ...(headers ? { headers: z.object(Object.fromEntries(headers.map((name) => [name, HEADERS[name] ?? z.string()]))) } : {}),
  };
}
