import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { COMMANDS, PERSONS_ACTS } from '../../src/domain/claim';
import { routesOf } from '../../src/api/app';
import type { Deps } from '../../src/api/deps';
import { isForLinks } from '../../src/api/http/route';
import { openApiDocument } from '../../src/api/openapi';

const routes = routesOf({} as Deps);
const document = openApiDocument(routes, 'http://api.test');
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) => (['get', 'post', 'put', 'delete', 'patch'] as const).flatMap((method) => (item?.[method] ? [{ path, method, operation: item[method] }] : [])));

test('DESIGN idea 3: every person\'s command has its path, with its body and a valid example', () => {
  for (const name of PERSONS_ACTS) {
    const post = document.paths?.[`/v1/claims/{claimNo}/acts/${name}`]?.post;
    expect(post?.operationId).toBe(name);
    expect(COMMANDS[name].schema.safeParse(COMMANDS[name].example).error).toBeUndefined();
  }
});

test('each example of the document is valid by the schema beside it', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  ajv.addSchema({ $id: 'doc', ...document });
  for (const route of routes.filter((one) => one.body)) {
    const pointer = `doc#/paths/${encodeURIComponent(route.path.replace(/~/g, '~0').replace(/\//g, '~1'))}/${route.method}/requestBody/content/${encodeURIComponent((route.body?.mediaTypes ?? ['application/json'])[0]!.replace(/\//g, '~1'))}/schema`;
    const validate = ajv.getSchema(pointer);
    expect({ path: route.path, found: validate !== undefined, valid: validate?.(route.body?.example), errors: validate?.errors }).toEqual({ path: route.path, found: true, valid: true, errors: null });
  }
});

test('SPEC §3: every operation declares its refusals as problem+json', () => {
  for (const { path, operation } of operations) {
    const statuses = Object.keys(operation.responses ?? {});
    expect({ path, has: ['401', '405', '500', '503'].filter((status) => !statuses.includes(status)) }).toEqual({ path, has: [] });
    for (const status of statuses.filter((one) => Number(one) >= 400)) expect(Object.keys((operation.responses![status] as { content?: object }).content ?? {})).toEqual(['application/problem+json']);
  }
});

test("issue 5: 0 undeclared statuses with every persona's token: what is not there for a session from a patient's link says so", () => {
  for (const route of routes.filter((one) => !isForLinks(one))) expect({ path: route.path, declares: Object.keys(document.paths?.[route.path]?.[route.method]?.responses ?? {}).includes('404') }).toEqual({ path: route.path, declares: true });
});

/** They answer a question that is too long or too sensitive for an address. */
const CHANGE_NOTHING = ['lookAtAccount', 'previewLetter'];

test('operation ids are unique, and unsafe calls need Idempotency-Key', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const route of routes) expect({ path: route.path, keyed: route.keyed === true }).toEqual({ path: route.path, keyed: route.method === 'post' && !CHANGE_NOTHING.includes(route.id) });
});
