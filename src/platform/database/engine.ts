import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { Pool, type QueryConfig } from 'pg';
import type { MigrationList, SchemaEngine, SchemasContainer } from '@prisma/schema-engine-wasm';

/**
 * Prisma's own schema engine in its WebAssembly build: the same migrations, rows and checksums as `prisma migrate`,
 * without a native binary to download.
 */

/** The `prisma/` folder, beside the sources as well as beside the build. */
export const PRISMA_FOLDER = findPrismaFolder(__dirname);

/** No table of ours is managed by anybody else. */
export const NO_FILTER = { externalTables: [], externalEnums: [] };

function findPrismaFolder(from: string): string {
  const here = join(from, 'prisma');
  if (existsSync(join(here, 'schema.prisma'))) return here;
  const parent = dirname(from);
  if (parent === from) throw new Error('prisma/schema.prisma was not found in any parent folder: deploy the prisma folder beside the program.');
  return findPrismaFolder(parent);
}

/** The schema as the engine wants it. */
export function readSchema(): SchemasContainer {
  const path = join(PRISMA_FOLDER, 'schema.prisma');
  return { files: [{ path, content: readFileSync(path, 'utf8') }] };
}

/** All migrations in their order. */
export function readMigrations(): MigrationList {
  const baseDir = join(PRISMA_FOLDER, 'migrations');
  const names = readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: readFileSync(join(baseDir, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: readFileSync(join(baseDir, name, 'migration.sql'), 'utf8') } },
    })),
  };
}

/** Opens the engine on a database, runs `use`, closes it. An error of a script is thrown as PostgreSQL said it. */
export async function withEngine<T>(databaseUrl: string, use: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const pool = new Pool({ connectionString: databaseUrl, allowExitOnIdle: true });
  const scriptError: { value?: unknown } = {};
  const adapter = adapterOf(pool, (error) => { scriptError.value = error; });
  const schema = readSchema().files.map(({ path, content }): [string, string] => [path, content]);
  const log = (): void => undefined; // The engine's own log says SQL; what matters comes back as a result or an error.
  try {
    const { SchemaEngine: Engine } = await (engineModule ??= loadModule());
    const engine = await Engine.new({ datamodels: schema }, log, bindMigrationAwareSqlAdapterFactory(adapter));
    try {
      return await use(engine);
    } finally {
      engine.free();
    }
  } catch (error) {
    throw scriptError.value ?? error;
  } finally {
    await pool.end();
  }
}

/**
 * The adapter with two of its faults mended. Its executeScript cuts a script at every semicolon, which breaks function
 * bodies and leaves half a migration behind when a statement fails: sent whole, PostgreSQL runs it as one transaction.
 * And it refuses the catalogue's type "char", without which the engine cannot read foreign keys.
 */
function adapterOf(pool: Pool, onScriptError: (error: unknown) => void): PrismaPg {
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    adapter.executeScript = async (script) => {
      const client = await pool.connect();
      try {
        // What is built CONCURRENTLY waits for transactions that are open, and nobody waits behind it.
        await client.query(`SET lock_timeout = '${/\bCONCURRENTLY\b/i.test(script) ? 0 : LONGEST_LOCK_WAIT}'`);
        await client.query(script);
      } catch (error) {
        onScriptError(error);
        throw error;
      } finally {
        client.release();
      }
    };
    const queryRaw = adapter.queryRaw;
    adapter.queryRaw = async (query) => {
      const letters = new Set<number>();
      const client = {
        query: async (config: QueryConfig) => {
          const result = await pool.query(config);
          result.fields.forEach((field, column) => {
            if (field.dataTypeID !== CATALOGUE_CHAR) return;
            field.dataTypeID = TEXT;
            letters.add(column);
          });
          return result;
        },
      };
      const answer = await queryRaw.call(Object.create(adapter, { client: { value: client } }) as typeof adapter, query);
      return { ...answer, columnTypes: answer.columnTypes.map((type, column) => (letters.has(column) ? ColumnTypeEnum.Character : type)) };
    };
    return adapter;
  };
  factory.connectToShadowDb = factory.connect; // who compares migrations hands over a scratch database
  return factory;
}

/** A migration that waits for a lock has everybody who comes later wait behind it: people's clicks, too. */
const LONGEST_LOCK_WAIT = '2s';

/** PostgreSQL's object ids of the types "char" and text. */
const CATALOGUE_CHAR = 18;
const TEXT = 25;

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

/** The part used of what TypeScript knows only among a browser's types. */
declare const WebAssembly: { instantiate(bytes: Uint8Array, imports: Record<string, unknown>): Promise<{ instance: { exports: Record<string, unknown> } }> };

/** Once per process: the module keeps views of its memory, and a second instance would read through the first one's. */
let engineModule: Promise<EngineModule> | undefined;

async function loadModule(): Promise<EngineModule> {
  const background = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = readFileSync(join(dirname(require.resolve('@prisma/schema-engine-wasm')), 'schema_engine_bg.wasm'));
  const imports: Record<string, unknown> = { ...background };
  for (const name of Object.keys(imports)) {
    // The engine guards its lock with a timer of ten seconds that it never clears; it must not keep the process that long.
    if (name.startsWith('__wbg_setTimeout_')) imports[name] = (run: () => void, ms: number) => setTimeout(run, ms).unref();
  }
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': imports });
  background.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return background;
}
