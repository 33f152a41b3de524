/** Who notices an upgrade: people who act, a page that listens, a phone that uploads over a slow line. */
import { createHash, randomUUID } from 'node:crypto';
import { paper } from '../../dev/paper';
import { newClaim, STEPS, take, type Travelling } from '../support/journey';
import type { TestStack } from '../support/stack';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Acts per second that people aim at together, and how many work side by side. */
const ACTS_PER_SECOND = 10;
const SIDE_BY_SIDE = 5;

/** People take claims from the report to the released payment, one act after the other, until told to stop. */
export async function work(stack: TestStack, over: () => boolean): Promise<void> {
  const one = async (): Promise<void> => {
    let claim: Travelling | undefined;
    for (let next = 0; !over(); next = (next + 1) % STEPS.length) {
      const from = Date.now();
      if (next === 0 || claim === undefined) claim = newClaim();
      await take(stack, claim, STEPS[next]!);
      await pause(Math.max(0, (SIDE_BY_SIDE * 1_000) / ACTS_PER_SECOND - (Date.now() - from)));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, one));
}

/** A page that listens to its claims: the last version it knows of each, and how often it had to open its stream anew. */
export interface Page { known: Map<string, number>; opened: number; longestGapMs: number; faults: string[]; close(): Promise<void> }

/** Does as docs/console.md says of the console: after opening the stream it reads the list, because what changed meanwhile is not sent. */
export async function openPage(stack: TestStack): Promise<Page> {
  const reviewer = await stack.person('reviewer-a-i001');
  const closed = new AbortController();
  const page: Page = { known: new Map(), opened: 0, longestGapMs: 0, faults: [], close: async () => { closed.abort(); await listening; } };
  const heard = (claimNo: string, version: number): void => { page.known.set(claimNo, Math.max(version, page.known.get(claimNo) ?? 0)); };

  async function readList(): Promise<void> {
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer: { items: Array<{ claimNo: string; version: number }>; nextCursor: string | null } = await reviewer.get(`/v1/claims?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`);
      for (const { claimNo, version } of answer.items) heard(claimNo, version);
      cursor = answer.nextCursor;
    }
  }
  async function listen(): Promise<void> {
    let endedAt: number | null = null;
    while (!closed.signal.aborted) {
      try {
        const answer = await reviewer.fetch('/v1/events', { signal: closed.signal });
        if (answer.status !== 200) throw new Error(`the stream was answered ${answer.status}`);
        page.opened += 1;
        if (endedAt !== null) page.longestGapMs = Math.max(page.longestGapMs, Date.now() - endedAt);
        const reading = readList().catch((error: unknown) => { page.faults.push(String(error)); });
        const lines = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
        for (let rest = ''; ;) {
          const { done, value } = await lines.read();
          if (done) break;
          const parts = (rest + value).split('\n\n');
          rest = parts.pop() ?? '';
          for (const part of parts) {
            const data = /^data: (.*)$/m.exec(part)?.[1];
            if (data !== undefined) { const { claimNo, version } = JSON.parse(data) as { claimNo: string; version: number }; heard(claimNo, version); }
          }
        }
        await reading;
      } catch (error) {
        if (!closed.signal.aborted) page.faults.push(String(error));
      }
      endedAt = Date.now();
      await pause(200);
    }
  }
  const listening = listen();
  for (const until = Date.now() + 20_000; page.opened === 0 && Date.now() < until;) await pause(50);
  return page;
}

/** Sends one file piece by piece for as long as `over` says no; then the rest. Answers of the pieces that were not as they should be, and the hash that the server found. */
export async function uploadSlowly(stack: TestStack, claimNo: string, over: () => boolean): Promise<{ pieces: number; faults: string[]; same: boolean }> {
  const specialist = await stack.person('specialist-a-h001');
  const content = paper('event-report', [`Claim ${claimNo}`, randomUUID()]);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const metadata = Object.entries({ claimNo, kind: 'event-report', filename: 'slow.pdf', sha256 }).map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`).join(',');
  const created = await specialist.fetch('/v1/uploads', { method: 'POST', headers: { 'tus-resumable': '1.0.0', 'upload-length': String(content.length), 'upload-metadata': metadata } });
  const place = created.headers.get('location') ?? '';
  const faults = created.status === 201 ? [] : [`created ${created.status}`];
  const piece = Math.max(1, Math.floor(content.length / 400));
  let [at, pieces, same] = [0, 0, false];
  while (at < content.length && faults.length === 0) {
    const end = over() ? content.length : Math.min(at + piece, content.length - 1);
    if (end === at) { await pause(200); continue; }
    const answer = await specialist.fetch(new URL(place, stack.apiUrl).pathname, {
      method: 'PATCH', body: content.subarray(at, end), headers: { 'tus-resumable': '1.0.0', 'upload-offset': String(at), 'content-type': 'application/offset+octet-stream' },
    }).catch((error: unknown) => ({ status: String(error), json: () => Promise.resolve({}) }));
    if (answer.status !== (end === content.length ? 200 : 204)) { faults.push(`piece ${pieces}: ${answer.status}`); break; }
    if (end === content.length) same = ((await answer.json()) as { sha256?: string }).sha256 === sha256;
    at = end;
    pieces += 1;
    await pause(150);
  }
  return { pieces, faults, same };
}
