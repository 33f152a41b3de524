import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { CannotStart } from './cannot-start';

/**
 * Every program is started on a leash: a small shell in a process group of its own, which holds the reading end of a pipe.
 * The writing end is ours alone. When we let go of it — to stop the program, or because we were killed with -9 — the shell asks the program
 * to end, and after the grace period kills the whole group. So stopping and dying take the same path, and nothing outlives us.
 */
const LEASH = `
signal=$1 tenths=$2; shift 2
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{
  cat <&3 >/dev/null
  kill -s "$signal" "$child"
  while [ "$tenths" -gt 0 ] && kill -0 "$child"; do sleep 0.1; tenths=$((tenths - 1)); done
  kill -s KILL 0
} >/dev/null 2>&1 &
exec 3<&-
wait "$child"`;

export interface Program {
  /** As people call it: "PostgreSQL", "worker". */
  name: string;
  command: string;
  args: string[];
  logFile: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** How it is asked to end; PostgreSQL takes INT for "now, but cleanly". */
  signal?: 'TERM' | 'INT';
  graceSeconds?: number;
  uid?: number;
  gid?: number;
}

export interface Child {
  name: string;
  logFile: string;
  /** Of the leash, which the program descends from. */
  pid: number | undefined;
  /** Settles when the program has ended, by whosever will; null when it was killed. */
  ended: Promise<number | null>;
  hasEnded(): boolean;
  /** Asks it to end, waits, kills after the grace period. May be called twice. */
  stop(): Promise<void>;
  /** Kills it at once with everything of its process group, as `kill -9` or a power cut would: for tests of what is left then. */
  kill(): Promise<void>;
}

/** Starts a program that cannot outlive this process. Its output goes to `logFile`, begun anew. */
export function startChild(program: Program): Child {
  mkdirSync(dirname(program.logFile), { recursive: true });
  const log = openSync(program.logFile, 'w', 0o600);
  const leash = spawn('/bin/sh', ['-c', LEASH, 'leash', program.signal ?? 'TERM', String((program.graceSeconds ?? 10) * 10), program.command, ...program.args], {
    env: program.env ?? process.env,
    detached: true,
    stdio: ['pipe', log, log],
    ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    ...(program.uid === undefined ? {} : { uid: program.uid }),
    ...(program.gid === undefined ? {} : { gid: program.gid }),
  });
  closeSync(log);
  const pipe = leash.stdin as Writable;
  // The pipe breaks when the program has ended before we let go: expected, not an error.
  pipe.on('error', () => undefined);
  const ended = Promise.race([
    once(leash, 'exit').then(([code]) => code as number | null),
    once(leash, 'error').then(([error]) => { throw error as Error; }),
  ]).finally(() => pipe.destroy());
  ended.catch(() => undefined);
  return {
    name: program.name,
    logFile: program.logFile,
    pid: leash.pid,
    ended,
    hasEnded: () => leash.exitCode !== null || leash.signalCode !== null,
    stop: async () => {
      pipe.destroy();
      await ended.catch(() => undefined);
    },
    kill: async () => {
      // The leash leads a group of its own, so its number reaches this program and no other.
      if (leash.pid !== undefined && leash.exitCode === null && leash.signalCode === null) process.kill(-leash.pid, 'SIGKILL');
      await ended.catch(() => undefined);
    },
  };
}

/** The last lines a program wrote, for people who want to know why it ended. */
export async function lastWords(child: Child, lines = 12): Promise<string> {
  const text = await readFile(child.logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * Asks `probe` every 100 ms until it answers without throwing. Throws CannotStart when the program has ended, or after `seconds`;
 * the message carries the program's last words and the probe's last complaint.
 */
export async function untilReady<T>(child: Child, probe: () => Promise<T>, seconds = 60): Promise<T> {
  const giveUp = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await probe();
    } catch (complaint) {
      if (child.hasEnded()) throw new CannotStart(`${child.name} ended while starting.\n${await lastWords(child)}`);
      if (Date.now() > giveUp) throw new CannotStart(`${child.name} was not ready after ${seconds} s (${String(complaint)}).\n${await lastWords(child)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
