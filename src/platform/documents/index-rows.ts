/** The index of documents, walked row by row: for what looks at every stored content. */
import type { Database } from '../database';
import type { StoredContent } from './store';

/** Of a document's row what its content needs. `sha256` of the clear bytes, hex. */
export interface DocumentRow extends StoredContent { id: string; sha256: string }

const BATCH = 200;

/** Works on every document that `where` (of Prisma) names, in the order of their ids. `database` is the worker's. */
export async function eachDocument(database: Database, where: NonNullable<Parameters<Database['document']['findMany']>[0]>['where'], work: (row: DocumentRow) => Promise<void>): Promise<void> {
  for (let after: string | null = null; ;) {
    const page: Array<Omit<DocumentRow, 'bytes'> & { bytes: bigint }> = await database.document.findMany({
      where: { AND: [where ?? {}, after === null ? {} : { id: { gt: after } }] }, orderBy: { id: 'asc' }, take: BATCH, select: { id: true, storageKey: true, objectKey: true, bytes: true, sha256: true },
    });
    for (const row of page) await work({ ...row, bytes: Number(row.bytes) });
    after = page.at(-1)?.id ?? null;
    if (after === null) return;
  }
}
