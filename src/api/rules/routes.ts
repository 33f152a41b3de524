/** `GET /v1/rules`: words, roles, documents, reasons and what the acts cause, for the console. The same for everybody who is signed in. */
import { inScope } from '../../platform/database';
import type { Deps } from '../deps';
import { digest } from '../digest';
import { route, type AnyRoute } from '../http/route';
import { CATALOGUE } from './catalogue';
import { rules, type Rules } from './schema';

export function rulesRoutes(deps: Deps): AnyRoute[] {
  return [route({
    method: 'get', path: '/v1/rules', id: 'rules', tag: 'rules', summary: 'The catalogue of the rules, in Chinese and English', description: 'Its ETag is that of its content; asked again with If-None-Match it costs nothing.',
    answers: { 200: { description: 'The catalogue', schema: rules }, 304: { description: 'Not changed' } },
    handle: ({ actor, req }) => inScope(deps.database, actor, async (tx) => {
      const hospitals = await tx.hospital.findMany({ orderBy: { code: 'asc' }, select: { code: true, name: true, insurer: true } });
      const insurers = await tx.insurer.findMany({ orderBy: { code: 'asc' }, select: { code: true, name: true } });
      const body: Rules = { ...CATALOGUE, hospitals, insurers };
      const headers = { 'Cache-Control': 'public, max-age=60', ETag: `"${digest(body)}"` };
      const known = req.get('if-none-match')?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === headers.ETag) ?? false;
      return known ? { status: 304, headers } : { status: 200, headers, body };
    }),
  })];
}
