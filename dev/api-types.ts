import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { routesOf } from '../src/api/app';
import type { Deps } from '../src/api/deps';
import { openApiDocument } from '../src/api/openapi';

/** The console's types, from the same document that the API serves at /openapi.json. Runs before lint and types; written only when they change. */
const file = resolve(__dirname, '..', 'console', 'src', 'api', 'schema.d.ts');

async function main(): Promise<void> {
  const document = openApiDocument(routesOf({} as Deps), 'http://127.0.0.1');
  const types = `/** Made by dev/api-types.ts from the routes of src/api; not to be edited. */\n${astToString(await openapiTS(document as OpenAPI3, { enumValues: false }))}`;
  mkdirSync(dirname(file), { recursive: true });
  if (readOr(file) !== types) writeFileSync(file, types);
}

function readOr(path: string): string {
  try { return readFileSync(path, 'utf8'); } catch { return ''; }
}

void main();
