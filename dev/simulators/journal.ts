import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { z, type ZodType } from 'zod';

export type Stamped<E> = E & { at: string };

/**
 * All that a party received and did, in order; the party's state is read off it. With a file (one JSON per line) it survives a restart,
 * and a line cut short by a kill is dropped, as the act it stood for was never answered. Throws on any other damage.
 */
export function createJournal<E extends object>(entry: ZodType<E>, dataFile?: string) {
  const stamped = entry.and(z.object({ at: z.string() }));
  const entries: Array<Stamped<E>> = [];

  if (dataFile !== undefined) {
    mkdirSync(dirname(dataFile), { recursive: true });
    const text = existsSync(dataFile) ? readFileSync(dataFile, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(dataFile, Buffer.byteLength(whole));
    whole.split('\n').slice(0, -1).forEach((line, index) => {
      try {
        entries.push(stamped.parse(JSON.parse(line)));
      } catch {
        throw new Error(`line ${index + 1} of ${dataFile} is not a journal entry; remove the file to begin anew`);
      }
    });
  }

  return {
    entries: entries as ReadonlyArray<Stamped<E>>,
    /** Writes the entry down before anything is answered. */
    add<A extends E>(what: A): Stamped<A> {
      const written = { ...what, at: new Date().toISOString() };
      if (dataFile !== undefined) appendFileSync(dataFile, `${JSON.stringify(written)}\n`);
      entries.push(written);
      return written;
    },
  };
}
