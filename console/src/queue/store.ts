/** What this device keeps until the server has it (IndexedDB): acts with their ids, drafts of forms, files on their way, the last answers. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Problem } from '../api/problem';
import type { components } from '../api/schema';

/** Why something still waits: nobody answers, the server says "not now", or the person has to sign in. */
export type WaitsFor = 'network' | 'server' | 'sign-in';

/** An act as it was made here. Its id is born here and stays the same however often it is sent (SPEC §3). */
export interface KeptAct {
  /** The act's id: `Idempotency-Key`. */
  id: string;
  /** Place in the order in which acts were made, whatever the device's clock did. */
  n: number;
  personId: string;
  role: string;
  /** Null until the claim has its number from the server. */
  claimNo: string | null;
  /** Names a claim that was reported here, before and after it has a number; shared by the report and the acts behind it. */
  localId: string | null;
  command: string;
  /** Where it goes, when not to the act's own address. */
  path: string | null;
  body: unknown;
  /** How the person knows it, for what has no claim number yet. */
  name: string | null;
  /** When the person did it (ISO). */
  saidAt: string;
  ifMatch: string | null;
  /** waiting: without an answer; kept: the server has it for a worker; refused: shown until the person decides; done: accepted. */
  state: 'waiting' | 'sending' | 'kept' | 'refused' | 'done';
  waitsFor: WaitsFor | null;
  attempts: number;
  /** HTTP status and problem of a refusal. */
  status: number | null;
  problem: Problem | null;
  answer: unknown;
  /** The refused act of which this is the next version. */
  replaces: string | null;
  /** What the form held: put back when a refusal is to be edited. */
  draft: { key: string; value: unknown } | null;
}

export type DocumentKind = components['schemas']['DocumentKind'];

/** What the server said when it had verified every byte: the proof that a file is stored. */
export interface Receipt { documentId: string; sha256: string; mediaType: string; bytes: number; at: string }

/** A file on its way. Its bytes are copied into `blobs` before anything else, so that no tab, picker or camera is needed to go on. */
export interface KeptFile {
  id: string;
  personId: string;
  role: string;
  claimNo: string | null;
  localId: string | null;
  /** `file`: joins the claim's file by itself once stored. Anything else: the form of that name uses it. */
  purpose: string;
  kind: DocumentKind | null;
  fileName: string;
  bytes: number;
  mediaType: string;
  /** Null until computed. */
  sha256: string | null;
  /** chosen: still to be changed; stored: the server's hash agrees; attached: an act puts it into the file; refused: by the server's inspection. */
  state: 'chosen' | 'waiting' | 'sending' | 'stored' | 'attached' | 'refused';
  waitsFor: WaitsFor | null;
  /** The upload at the server, to go on with. */
  uploadUrl: string | null;
  /** Bytes that the server has. */
  received: number;
  problem: Problem | null;
  receipt: Receipt | null;
  /** The act that attaches it. */
  actId: string | null;
  chosenAt: string;
}

export interface Draft { key: string; personId: string; value: unknown; at: string }

/** The last answer to a question, for times without a network. */
export interface KeptAnswer { key: string; personId: string; role: string; queryKey: readonly unknown[]; value: unknown; at: number }

export interface Kept extends DBSchema {
  acts: { key: string; value: KeptAct; indexes: { byPerson: string } };
  drafts: { key: string; value: Draft };
  files: { key: string; value: KeptFile; indexes: { byPerson: string } };
  blobs: { key: string; value: Blob };
  answers: { key: string; value: KeptAnswer };
}

let opened: Promise<IDBPDatabase<Kept>> | undefined;
/** Rejects where this device keeps nothing: a private window, a full disk; the next call tries again. */
export function store(): Promise<IDBPDatabase<Kept>> {
  const opening = opened ??= open();
  opening.catch(() => {
    if (opened === opening) opened = undefined;
    noteKeeping(false);
  });
  return opening;
}

/** Asynchronous also where the browser throws at once. */
const open = async (): Promise<IDBPDatabase<Kept>> => openDB<Kept>('kuaipei', 2, {
  upgrade(database, from) {
    if (from < 1) {
      database.createObjectStore('acts', { keyPath: 'id' }).createIndex('byPerson', 'personId');
      database.createObjectStore('drafts', { keyPath: 'key' });
    }
    database.createObjectStore('files', { keyPath: 'id' }).createIndex('byPerson', 'personId');
    database.createObjectStore('blobs');
    database.createObjectStore('answers', { keyPath: 'key' });
  },
  // Another tab has a newer version of the console: let it go on.
  blocking(_from, _to, event) { (event.target as IDBDatabase).close(); opened = undefined; },
  terminated() { opened = undefined; },
});

let nothingKept = false;
const watchers = new Set<() => void>();
/** Did the last try to write something down here succeed? */
export function noteKeeping(kept: boolean): void {
  if (nothingKept === !kept) return;
  nothingKept = !kept;
  for (const onChange of watchers) onChange();
}
export const keepsNothing = (): boolean => nothingKept;
export function watchKeeping(onChange: () => void): () => void {
  watchers.add(onChange);
  return () => { watchers.delete(onChange); };
}

/** Tells the other lists and tabs that something kept has changed; calls back when they say so. */
export function createChanges(onChange: () => void): () => void {
  const channel = new BroadcastChannel('kuaipei.kept');
  channel.onmessage = onChange;
  return () => { channel.postMessage(null); };
}
