/** Live screens: which claims changed, by server-sent events under the session's token; what is shown of them is read again. */
import type { QueryClient } from '@tanstack/react-query';
import type { Session } from '../session/session';
import { send } from './client';

export interface Live {
  /** Is the stream open? Without it, screens say how old they are. */
  open(): boolean;
  watch(onChange: () => void): () => void;
  stop(): void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** The server says something every 15 s: a stream that is silent for longer is dead, whatever the phone's radio believes. */
const SILENCE_MS = 40_000;
/** A page nobody looks at listens this much longer; browsers open only six connections to one server, and five streams are one person's share. */
const UNSEEN_MS = 20_000;
/** Between two readings of the lists at least this long, and at least as long as the last one took. */
const CALM_MS = 1_000;

/** Queries under `['claim', claimNo]` are read again when that claim changes, those under `['lists']` when any does. */
export function goLive(session: Session, queries: QueryClient): Live {
  const stopped = new AbortController();
  const watchers = new Set<() => void>();
  let open = false;
  const setOpen = (now: boolean): void => { if (open !== now) { open = now; for (const onChange of watchers) onChange(); } };

  const changed = new Set<string>();
  let reading = false;
  /** One reading after the other: under a storm of changes every reading still ends. */
  async function readAgain(): Promise<void> {
    if (reading) return;
    reading = true;
    while (changed.size > 0 && !stopped.signal.aborted) {
      const claims = [...changed];
      changed.clear();
      const began = performance.now();
      const keys = [['lists'], ...claims.map((claimNo) => (claimNo === EVERY ? ['claim'] : ['claim', claimNo]))];
      // A reading under way is not thrown away: it ends, and is done once more for what it may have missed.
      if (keys.some((queryKey) => queries.isFetching({ queryKey }) > 0)) for (const claimNo of claims) changed.add(claimNo);
      await Promise.allSettled(keys.map((queryKey) => queries.invalidateQueries({ queryKey }, { cancelRefetch: false })));
      await sleep(Math.max(CALM_MS, performance.now() - began), stopped.signal);
    }
    reading = false;
  }
  const tell = (claimNo: string): void => { changed.add(claimNo); void readAgain(); };

  async function listen(signal: AbortSignal): Promise<void> {
    const answer = await send(session, new Request(`${location.origin}/v1/events`, { headers: { accept: 'text/event-stream' }, signal }));
    if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status}`);
    setOpen(true);
    // What changed while nobody listened was not sent.
    tell(EVERY);
    let rest = '';
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await beforeSilence(reader.read());
      if (done) return;
      const parts = (rest + value).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const data = /^data: (.*)$/m.exec(part)?.[1];
        if (data !== undefined) tell((JSON.parse(data) as { claimNo: string }).claimNo);
      }
    }
  }

  async function forever(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!stopped.signal.aborted) {
      await seen(stopped.signal);
      const turn = whileSeen(stopped.signal);
      await listen(turn.signal).catch(() => undefined);
      turn.end();
      pause = open ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
      setOpen(false);
      if (!stopped.signal.aborted) await sleep(pause, stopped.signal, true);
    }
  }
  void forever();
  return {
    open: () => open,
    watch(onChange) { watchers.add(onChange); return () => { watchers.delete(onChange); }; },
    stop: () => { stopped.abort(); },
  };
}

const EVERY = '*';

/** Resolves when the page can be seen, or `signal` ends it. */
const seen = (signal: AbortSignal): Promise<void> => new Promise((resolve) => {
  if (!document.hidden || signal.aborted) { resolve(); return; }
  const look = (): void => {
    if (document.hidden && !signal.aborted) return;
    document.removeEventListener('visibilitychange', look);
    signal.removeEventListener('abort', look);
    resolve();
  };
  document.addEventListener('visibilitychange', look);
  signal.addEventListener('abort', look);
});

/** A signal that ends with `outer`, or some time after the page went out of sight. */
function whileSeen(outer: AbortSignal): { signal: AbortSignal; end: () => void } {
  const turn = new AbortController();
  let timer: number | undefined;
  const end = (): void => {
    window.clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
    outer.removeEventListener('abort', end);
    turn.abort();
  };
  const look = (): void => {
    window.clearTimeout(timer);
    if (document.hidden) timer = window.setTimeout(end, UNSEEN_MS);
  };
  document.addEventListener('visibilitychange', look);
  outer.addEventListener('abort', end);
  return { signal: turn.signal, end };
}

/** Waits; ended early by `signal`, and where asked by the network's return. */
const sleep = (ms: number, signal: AbortSignal, wakes = false): Promise<void> => new Promise((resolve) => {
  const timer = window.setTimeout(over, ms);
  function over(): void {
    window.clearTimeout(timer);
    signal.removeEventListener('abort', over);
    window.removeEventListener('online', over);
    resolve();
  }
  signal.addEventListener('abort', over);
  if (wakes) window.addEventListener('online', over);
});

/** Throws when the stream says nothing for too long. */
async function beforeSilence<T>(reading: Promise<T>): Promise<T> {
  let timer: number | undefined;
  try {
    return await Promise.race([reading, new Promise<never>((_, reject) => { timer = window.setTimeout(() => { reject(new Error('the stream fell silent')); }, SILENCE_MS); })]);
  } finally {
    window.clearTimeout(timer);
  }
}
