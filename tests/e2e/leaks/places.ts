/** Where the leak search looks, and what each place may hold in clear. */
import { open, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Client } from 'pg';
import { findCanaries, LONGEST, type Kind } from './canaries';

/** One place, one kind: how often in each spelling, where, and whether it is meant to stand there. */
export interface Hit { place: string; kind: Kind; count: number; where: string[]; meant: boolean }

/** The columns where a name stands in clear, because people search by it (docs/decisions/0017-keys.md). */
const MEANT: Record<string, readonly Kind[]> = { 'patient.name': ['name'] };
/** Files of PostgreSQL hold what its columns hold. */
export const OF_POSTGRES: readonly Kind[] = ['name'];

const WINDOW = 16 * 1024 * 1024;

/** Collects what was found in one place; `meant` are the kinds that may stand there. */
function collector(place: string, meant: readonly Kind[]): { take(bytes: Buffer, where: string): void; hits(): Hit[] } {
  const found = new Map<Kind, Hit>();
  return {
    take(bytes, where) {
      for (const [kind, spellings] of findCanaries(bytes)) {
        const hit = found.get(kind) ?? { place, kind, count: 0, where: [], meant: meant.includes(kind) };
        for (const [spelling, count] of spellings) {
          hit.count += count;
          hit.where.push(`${where} (${spelling} ${count})`);
        }
        found.set(kind, hit);
      }
    },
    hits: () => [...found.values()],
  };
}

export function inText(place: string, text: string): Hit[] {
  const found = collector(place, []);
  found.take(Buffer.from(text), place);
  return found.hits();
}

/** Every column of every table, read as a superuser: what a dump holds. Answers how many there are, too. */
export async function inColumns(superuserUrl: string): Promise<{ columns: number; hits: Hit[] }> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ tbl: string; col: string }>("SELECT table_name AS tbl, column_name AS col FROM information_schema.columns WHERE table_schema = 'public'");
    const hits: Hit[] = [];
    for (const { tbl, col } of rows) {
      const { rows: [all] } = await client.query<{ text: string | null }>(`SELECT string_agg("${col}"::text, E'\\n') AS text FROM "${tbl}"`);
      const found = collector('PostgreSQL, by column', MEANT[`${tbl}.${col}`] ?? []);
      found.take(Buffer.from(all?.text ?? ''), `${tbl}.${col}`);
      hits.push(...found.hits());
    }
    return { columns: rows.length, hits };
  } finally {
    await client.end();
  }
}

/** Every byte of every file below a folder, its names too; read window by window. Answers how many files and bytes there are. */
export async function inFiles(place: string, folder: string, { meant = [], only = () => true }: { meant?: readonly Kind[]; only?: (path: string) => boolean } = {}): Promise<{ files: number; bytes: number; hits: Hit[] }> {
  const found = collector(place, meant);
  let files = 0, bytes = 0;
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name);
    if (!only(relative(folder, path)) || !(await stat(path)).isFile()) continue;
    files += 1;
    found.take(Buffer.from(name), `the name ${name}`);
    const file = await open(path);
    const window = Buffer.alloc(WINDOW + LONGEST);
    for (let at = 0, kept = 0; ;) {
      const { bytesRead } = await file.read(window, kept, WINDOW, at);
      if (bytesRead === 0) break;
      found.take(window.subarray(0, kept + bytesRead), name);
      at += bytesRead; bytes += bytesRead;
      const end = kept + bytesRead;
      kept = Math.min(LONGEST - 1, end);
      window.copy(window, 0, end - kept, end);
    }
    await file.close();
  }
  return { files, bytes, hits: found.hits() };
}
