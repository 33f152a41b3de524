/** What every bench says about itself: processor time by process, the share that neighbours stole, medians and tails, one table and one JSON line. */
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel's clock ticks per second (Linux, USER_HZ). */
const TICKS = 100;

interface Process { pid: number; parent: number; command: string; seconds: number; reaped: number; residentKb: number }

/** Processes of this machine as Linux shows them; one that ends while we look is left out. */
function processes(): Process[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return [{ pid: Number(name), parent: fields[1]!, command, seconds: (fields[11]! + fields[12]!) / TICKS, reaped: (fields[13]! + fields[14]!) / TICKS, residentKb: fields[21]! * 4 }];
    } catch {
      return [];
    }
  });
}

/** Every process under these, themselves included. */
function tree(all: Process[], roots: number[]): Process[] {
  const found = new Map(all.filter((one) => roots.includes(one.pid)).map((one) => [one.pid, one]));
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const one of all) if (found.has(one.parent)) found.set(one.pid, one);
  }
  return [...found.values()];
}

/** The first process under `root` whose command line has `words`. Throws when there is none. */
export function pidOf(root: number, words: string): number {
  const all = processes();
  // The leash (dev/children.ts) has the program's words in its own line.
  const found = tree(all, [root]).find((one) => one.command.includes(words) && !one.command.startsWith('/bin/sh'));
  if (!found) throw new Error(`no process under ${root} runs ${words}`);
  return found.pid;
}

/** Processor seconds that these processes and their children (ended ones too) have used so far. */
export function cpuSeconds(...roots: number[]): number {
  return tree(processes(), roots).reduce((sum, one) => sum + one.seconds + one.reaped, 0);
}

/** Resident memory of these processes and their children, in MiB. PostgreSQL's shared buffers count once for each of its processes. */
export const residentMb = (...roots: number[]): number => tree(processes(), roots).reduce((sum, one) => sum + one.residentKb, 0) / 1024;

export interface Spent { seconds: number; stolen: number; cpu: Record<string, number> }

/** Runs `work` and says how long it took, how much processor each of the named process trees used, and which share of the machine's time was stolen. */
export async function spending<T>(parts: Record<string, number[]>, work: () => Promise<T>): Promise<Spent & { result: T }> {
  const before = machine(), cpu = cpuOf(parts), began = performance.now();
  const result = await work();
  const after = machine(), used = cpuOf(parts);
  return {
    result, seconds: (performance.now() - began) / 1_000, stolen: (after.stolen - before.stolen) / Math.max(1, after.all - before.all),
    cpu: Object.fromEntries(Object.entries(used).map(([name, seconds]) => [name, seconds - cpu[name]!])),
  };
}

const cpuOf = (parts: Record<string, number[]>): Record<string, number> => Object.fromEntries(Object.entries(parts).map(([name, pids]) => [name, cpuSeconds(...pids)]));

/** Ticks of the whole machine so far. */
function machine(): { all: number; stolen: number } {
  const ticks = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number);
  return { all: ticks.slice(0, 8).reduce((sum, n) => sum + n, 0), stolen: ticks[7]! };
}

/** The value below which this share of the values lies; NaN of none. */
export const quantile = (values: number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? NaN;

/** p50, p95 and p99, in the values' own unit. */
export const tails = (values: number[]): { n: number; p50: number; p95: number; p99: number } =>
  ({ n: values.length, p50: quantile(values, 0.5), p95: quantile(values, 0.95), p99: quantile(values, 0.99) });

const shown = (value: unknown): string => (typeof value === 'number' ? (Number.isInteger(value) ? String(value) : value.toPrecision(4)) : String(value));

/** Prints rows as a table, then everything as one line of JSON for whoever keeps the figures. */
export function report(bench: string, rows: Array<Record<string, unknown>>, summary: Record<string, unknown> = {}): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => columns.map((column) => shown(row[column] ?? '')))];
  console.log(lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'));
  console.log(JSON.stringify({ bench, at: new Date().toISOString(), ...summary, rows }));
}
