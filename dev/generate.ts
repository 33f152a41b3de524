import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** `npm run generate`: the Prisma client from prisma/schema.prisma, when it is missing or older than the schema. Runs before start, test, lint and types. */
const root = resolve(__dirname, '..');
const schema = join(root, 'prisma', 'schema.prisma');
const client = join(root, 'src', 'platform', 'database', 'generated', 'client.ts');

if (!existsSync(client) || statSync(client).mtimeMs < statSync(schema).mtimeMs) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [require.resolve('prisma/build/index.js'), 'generate'], {
    cwd: root, encoding: 'utf8',
    // Generating needs no engine, yet Prisma downloads one unless a path is named; hospitals' networks do not let it.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  if (status !== 0) {
    console.error(`The Prisma client could not be generated.\n${stdout}${stderr}`);
    process.exitCode = 1;
  }
}
