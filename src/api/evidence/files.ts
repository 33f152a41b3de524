/** What an evidence pack holds of a claim beside the contents of its documents, read in the asker's own scope: what row-level security hides is not in it. */
import { CLOCK_TITLES, dueOf, evolve, type Actor, type ClaimEvent, type ClaimState, type EventType } from '../../domain/claim';
import type { PersonalPart } from '../../platform/audit/chain';
import { erasureOf, partOf, type Erasure } from '../../domain/retention';
import { canonicalJson } from '../../platform/audit/canonical';
import { evidenceKeys } from '../../platform/audit/evidence-keys';
import type { Tx } from '../../platform/database';
import { acceptedType } from '../../platform/documents/accepted';
import type { StoredContent } from '../../platform/documents/store';
import type { KeyRing } from '../../platform/keys/key-ring';
import { NotGenuine } from '../../platform/keys/seal';
import { ANCHORS, EVENTS, type PackedAnchors } from '../../verify/manifest';
import { namesOf } from '../claim/access';
import { contactOf } from '../claim/contact';
import { hiddenEventTypes } from '../claim/sees';
import { lettersOf } from './letters';

/** A document of the claim as the pack names it; `stored` null: there is no such row. */
export interface DocumentOf {
  path: string;
  uploadedBy: string | null;
  index: Record<string, unknown> & { documentId: string; sha256: string };
  stored: StoredContent | null;
  /** Erased by rule: its hash stays in the event. */
  erased?: Pick<Erasure, 'rule' | 'dueOn' | 'at'> | null;
}

export interface Gathered { head: string; texts: Array<{ name: string; content: string }>; documents: DocumentOf[] }

/** Everything but the documents' contents. `readsUntil` (ISO): readings recorded up to then. */
export async function gather(tx: Tx, actor: Actor, state: ClaimState, readsUntil: string, keys: KeyRing): Promise<Gathered> {
  const { claimNo } = state;
  const { lines, states, head, persons } = await eventsOf(tx, actor, state);
  const documents = await documentsOf(tx, state);
  const reads = await tx.readLog.findMany({ where: { claimNo, at: { lte: new Date(readsUntil) } }, orderBy: { id: 'asc' }, select: { at: true, personId: true, role: true, what: true } });
  const people = await namesOf(tx, [...persons, ...reads.map((one) => one.personId), ...documents.flatMap((one) => one.uploadedBy ?? [])]);
  return {
    head, documents,
    texts: [
      { name: 'README.txt', content: README },
      { name: ANCHORS, content: `${canonicalJson(await anchorsOf(tx, claimNo, keys))}\n` },
      { name: 'due-dates.json', content: json(Object.entries(state.clocks).map(([clock, run]) => ({ clock, title: CLOCK_TITLES[run.name], ...run, ...dueOf(state, run) }))) },
      { name: EVENTS, content: lines.join('') },
      ...lettersOf(states, await contactOf(tx, state)),
      { name: 'people.json', content: json(people) },
      { name: 'reads.ndjson', content: reads.map((one) => `${canonicalJson({ ...one, at: one.at.toISOString() })}\n`).join('') },
    ],
  };
}

/** People read it too: indented, members in the order of their names. */
export const json = (value: unknown): string => `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 1)}\n`;

/**
 * Each event whole, so that its hash can be recomputed. Its personal part is left out, and that said, where it was scrubbed, where the asker
 * does not see it, and where it names accounts: those are looked at one by one (SPEC §1.2); its hash stays in the event.
 */
async function eventsOf(tx: Tx, actor: Actor, { claimNo, ...whole }: ClaimState) {
  const rows = await tx.claimEvent.findMany({ where: { claimNo }, orderBy: { version: 'asc' }, include: { personal: true } });
  const hidden = hiddenEventTypes(actor);
  const states: ClaimState[] = [];
  const lines = rows.map(({ personal: kept, ...row }) => {
    const erasure = erasureOf(whole, partOf(row.type));
    const personal = erasure ? null : kept && opened(kept);
    const { command, ...by } = row.actor as unknown as Actor & { command: string };
    const times = { at: row.at.toISOString(), saidAt: row.saidAt?.toISOString() ?? null, receivedAt: row.receivedAt.toISOString() };
    states.push(evolve(states.at(-1) ?? null, { type: row.type, data: row.data, version: row.version, ...times, actor: by, act: { id: row.actId, hash: row.actHash, command } } as unknown as ClaimEvent));
    const shown = personal && !hidden.includes(row.type as EventType) && !(typeof personal.content === 'object' && personal.content !== null && 'payees' in personal.content);
    return `${canonicalJson({ ...row, ...times, personal: shown ? personal : null, ...(personal && !shown ? { withheld: true } : {}), ...(erasure && row.personalHash !== null ? { erased: said(erasure) } : {}) })}\n`;
  });
  return { lines, states, head: rows.at(-1)?.hash ?? '', persons: rows.map((row) => (row.actor as { personId: string }).personId) };
}

/** By which rule of which day something is not in the pack. */
const said = ({ rule, dueOn, at }: Erasure) => ({ rule, dueOn, at });

/** A sealed part that was exchanged is a changed one: the verifier names its event. A missing key throws KeyMissing. */
function opened(personal: PersonalPart): PersonalPart {
  try {
    return { salt: personal.salt, content: personal.content };
  } catch (error) {
    if (error instanceof NotGenuine) return { salt: '', content: null };
    throw error;
  }
}

/** Lines of the ledger that hold an event of the claim, and the keys under which they were signed. */
async function anchorsOf(tx: Tx, claimNo: string, keys: KeyRing): Promise<PackedAnchors> {
  const heads = await tx.anchorHead.findMany({ where: { claimNo }, orderBy: { version: 'asc' }, include: { anchor: true } });
  const named = new Set(heads.map((one) => one.anchor.keyId));
  return {
    keys: (await evidenceKeys(tx, keys)).filter((one) => named.has(one.keyId)).map(({ keyId, publicKey }) => ({ keyId, publicKey })),
    anchors: heads.map(({ version, hash, path, anchor: { hash: lineHash, signature, at, ...line } }) => ({ line: { ...line, at: at.toISOString() }, hash: lineHash, signature, head: { claimNo, version, hash }, path })),
  };
}

/** The documents in the order in which they were attached; names in the ZIP are ours, so that none can lead anywhere. */
async function documentsOf(tx: Tx, { claimNo, documents, ...whole }: ClaimState): Promise<DocumentOf[]> {
  const rows = new Map((await tx.document.findMany({ where: { claimNo } })).map((row) => [row.id, row]));
  const width = String(documents.length).length;
  const erasure = erasureOf(whole, 'file');
  return documents.map(({ documentId, kind, sha256 }, n) => {
    const row = rows.get(documentId);
    return {
      uploadedBy: row?.uploadedBy ?? null,
      path: `documents/${String(n + 1).padStart(width, '0')}-${kind}-${documentId.slice(0, 8)}.${acceptedType(row?.mediaType ?? '')?.extensions[0] ?? 'bin'}`,
      index: {
        documentId, kind, sha256,
        ...(row ? { ...(erasure ? {} : { fileName: row.fileName }), bytes: Number(row.bytes), mediaType: row.mediaType, flags: row.flags, uploadedBy: row.uploadedBy, uploadedAt: row.uploadedAt.toISOString(), supersedes: row.supersedes } : {}),
      },
      erased: erasure && said(erasure),
      stored: row && !erasure ? { storageKey: row.storageKey, objectKey: row.objectKey, bytes: Number(row.bytes) } : null,
    };
  });
}

const README = `快赔理赔证据包 / Kuaipei evidence pack

本包收录一宗理赔案件的材料、决定书、全部事件、时限台账与调阅记录，并经数字签名（Ed25519）。
核验（无需联网）：在浏览器中打开平台提供的 verify.html 并选择本文件，或运行：npx kuaipei-verify <本文件>
签名公钥的指纹请与平台公布的（/v1/evidence-keys）核对。

This pack holds the documents, decision letters, events, due-date ledgers and recorded readings of one claim, signed (Ed25519).
To verify it, without a network: open verify.html of the platform in a browser and choose this file, or run: npx kuaipei-verify <this file>
Compare the fingerprint of the key with the one that the platform publishes (/v1/evidence-keys).

anchors.json    已签署账本中包含本案的各行 / lines of the signed ledger that hold this claim
documents.json  材料目录 / index of the documents
documents/      材料原件 / the documents as they were handed in
due-dates.json  各时限及逐日台账 / every clock with its day-by-day ledger
events.ndjson   全部事件，每行一个，以哈希相连 / every event, one a line, chained by hashes
letters/        决定书 / decision letters
people.json     人员姓名 / names of persons
reads.ndjson    谁看过什么 / who read what
manifest.json   全部文件的 SHA-256 / SHA-256 of every file
manifest.sig    对 manifest.json 的签名 / the signature over manifest.json
`;
