/** What a pack says, beyond its bytes: that the events follow from each other, the documents are those recorded, and the ledger holds the claim. */
import { anchorHash, rootFrom, signedText } from '../platform/audit/anchor';
import type { RecordedEvent } from '../platform/audit/chain';
import { judgeChain, type Hashes } from '../platform/audit/judge';
import { ANCHORS, DOCUMENTS, EVENTS, json, type Manifest, type PackedAnchors, type PackedDocument } from './manifest';
import { fromBase64, sameKey, sha256Of, type Tools, type Trusted } from './pack';
import type { Fault, Report } from './report';
import type { Source } from './zip';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const hashesOf = (tools: Tools): Hashes => ({ sha256: (text) => sha256Of(tools, utf8(text)), hmac: (key, text) => tools.hmac(utf8(key), utf8(text)) });

interface Packed { source: Source; tools: Tools; trusted: Trusted; manifest: Manifest; where: ReadonlyMap<string, number>; report: Report }

/** Adds to the report what it finds. */
export async function checkMeaning(packed: Packed): Promise<void> {
  const { report } = packed;
  const read = async (path: string): Promise<Uint8Array> => {
    const file = packed.manifest.files.find((one) => one.path === path), at = packed.where.get(path);
    return file && at !== undefined ? packed.source.read(at, file.bytes) : new Uint8Array();
  };
  const lines = new TextDecoder().decode(await read(EVENTS)).split('\n').slice(0, -1).map((line) => json(utf8(line)) as RecordedEvent | null);
  report.events = lines.length;
  const unread = lines.findIndex((line) => typeof line !== 'object' || line === null);
  if (unread >= 0) report.faults.push({ kind: 'chain', event: unread + 1, field: 'unreadable' });
  const events = (unread >= 0 ? lines.slice(0, unread) : lines) as RecordedEvent[];
  report.erased = erasuresIn(events);
  const chain = chainFault(hashesOf(packed.tools), events, packed.manifest, unread >= 0);
  if (chain) report.faults.push(chain);
  const documents = json(await read(DOCUMENTS)) as PackedDocument[] | null;
  if (Array.isArray(documents)) report.faults.push(...documentFaults(events, documents, packed.manifest));
  else report.faults.push({ kind: 'unreadable', path: DOCUMENTS });
  const anchors = json(await read(ANCHORS)) as PackedAnchors | null;
  if (Array.isArray(anchors?.anchors) && Array.isArray(anchors.keys)) await checkAnchors(packed, anchors, events);
  else report.faults.push({ kind: 'unreadable', path: ANCHORS });
}

function chainFault(hashes: Hashes, events: readonly RecordedEvent[], { claimNo, version, head }: Manifest, cut: boolean): Fault | null {
  try {
    const verdict = judgeChain(hashes, events);
    if (!verdict.ok) return { kind: 'chain', event: verdict.version, field: verdict.field };
  } catch {
    return { kind: 'chain', event: 1, field: 'unreadable' };
  }
  if (cut) return null;
  const last = events.at(-1);
  return last?.claimNo === claimNo && last.version === version && last.hash === head ? null : { kind: 'chain', event: (last?.version ?? 0) + 1, field: 'tail' };
}

/** What the log rules to be erased. */
const erasuresIn = (events: readonly RecordedEvent[]): Report['erased'] => events.filter((one) => one.type === 'data-erased').map((one) => ({ ...(one.data as { what: string; rule: string }), on: one.at.slice(0, 10) }));

/** Each document against the event by which it was attached. */
function documentFaults(events: readonly RecordedEvent[], documents: readonly PackedDocument[], { files }: Manifest): Fault[] {
  const faults: Fault[] = [];
  const erased = erasuresIn(events).some((one) => one.what === 'file');
  for (const event of events.filter((one) => one.type === 'document-attached')) {
    const { documentId, sha256 } = event.data as { documentId: string; sha256: string };
    const packed = documents.find((one) => one.documentId === documentId);
    if (!packed) faults.push({ kind: 'document', documentId, why: 'missing' });
    // That it was erased by rule is believed to the log alone.
    else if (packed.content === 'erased' && erased) continue;
    else if (packed.content === 'erased') faults.push({ kind: 'document', documentId, why: 'missing' });
    else if (packed.content !== 'genuine') faults.push({ kind: 'document', documentId, why: packed.content });
    else if (files.find((one) => one.path === packed.path)?.sha256 !== sha256) faults.push({ kind: 'document', documentId, why: 'not-as-recorded' });
  }
  return faults;
}

async function checkAnchors({ tools, trusted, report }: Packed, { keys, anchors }: PackedAnchors, events: readonly RecordedEvent[]): Promise<void> {
  const { sha256 } = hashesOf(tools);
  for (const { line, hash, signature, head, path } of anchors) {
    const own = keys.find((one) => one.keyId === line.keyId)?.publicKey;
    const publicKey = trusted?.get(line.keyId) ?? own;
    const field: Extract<Fault, { kind: 'anchor' }>['field'] | null =
      anchorHash(sha256, line) !== hash ? 'hash'
        : publicKey === undefined || (trusted !== null && (!trusted.has(line.keyId) || (own !== undefined && !sameKey(own, publicKey)))) ? 'key'
          : !(await tools.ed25519(fromBase64(publicKey), utf8(signedText({ ...line, hash })), fromBase64(signature)).catch(() => false)) ? 'signature'
            : rootFrom(sha256, head, path) !== line.root ? 'root'
              : events.find((one) => one.version === head.version && one.claimNo === head.claimNo)?.hash !== head.hash ? 'event' : null;
    if (field) report.faults.push({ kind: 'anchor', seq: line.seq, field });
    else if (head.version > (report.anchored?.event ?? 0)) report.anchored = { event: head.version, seq: line.seq, at: line.at };
  }
}
