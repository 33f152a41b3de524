/**
 * Files on their way: copied here first, sent when the person says so, attached to the claim once the server has verified them.
 * A queue of its own beside the acts: facts never wait for photographs, and one bad file holds up no other.
 */
import { RequestFailed } from '../api/problem';
import { newAct, putLast } from '../queue/act';
import type { Queue } from '../queue/queue';
import { createChanges, store, type DocumentKind, type KeptFile } from '../queue/store';
import { only, type Session } from '../session/session';

/** What a file belongs to: a claim by its number, or by its local name while it has none. */
export interface FileOf { claimNo: string | null; localId: string | null; purpose?: string }

export interface Files {
  /** The person's files, in the order in which they were chosen. */
  list(): readonly KeptFile[];
  /** Bytes that the server has of a file that is being sent in this tab. */
  received(id: string): number | undefined;
  /** Copies files here and computes their hashes; they stay changeable until sent. Throws when the device has no room. */
  add(files: readonly File[], of: FileOf, kind: DocumentKind | null): Promise<void>;
  setKind(id: string, kind: DocumentKind): Promise<void>;
  /** Takes a file off this device: before it was sent, or after it was refused or attached. */
  remove(id: string): Promise<void>;
  /** From here on they go by themselves. A refused one is tried anew. */
  send(ids: readonly string[]): Promise<void>;
  /** The bytes of a file that is not stored yet, to look at. */
  content(id: string): Promise<Blob | undefined>;
  flush(): Promise<void>;
  watch(onChange: () => void): () => void;
}

/** The purpose of files that join the claim's file by themselves. */
export const FOR_THE_FILE = 'file';
/** Papers and photographs go before films, and are attached before the first film begins. */
const FILM_BYTES = 50 * 1024 ** 2;
/** As many as one act takes. */
const MOST_PER_ACT = 20;
const EVERY_MS = 15_000;
const REMEMBERED_MS = 24 * 3_600_000;

export function startFiles(session: Session, queue: Queue): Files {
  const watchers = new Set<() => void>();
  const received = new Map<string, number>();
  let list: readonly KeptFile[] = [];
  const tellOthers = createChanges(() => { void read(); });
  const redraw = (): void => { list = [...list]; for (const onChange of watchers) onChange(); };

  async function read(): Promise<void> {
    const personId = session.person?.personId ?? '';
    const all = await store().then((database) => database.getAllFromIndex('files', 'byPerson', personId)).catch(() => []);
    list = all.toSorted((a, b) => (a.chosenAt < b.chosenAt ? -1 : 1));
    for (const onChange of watchers) onChange();
  }

  /** Writes a change to what is kept now; a file that was removed meanwhile stays removed. */
  async function change(id: string, changes: Partial<KeptFile>): Promise<KeptFile | undefined> {
    const transaction = (await store()).transaction('files', 'readwrite');
    const file = await transaction.store.get(id);
    if (file) await transaction.store.put({ ...file, ...changes });
    await transaction.done;
    tellOthers();
    await read();
    return file && { ...file, ...changes };
  }

  async function hashAll(): Promise<void> {
    for (const { id } of list.filter((file) => file.sha256 === null)) {
      const content = await (await store()).get('blobs', id);
      if (content) await change(id, { sha256: await (await import('./sha256')).sha256Of(content) });
    }
  }

  async function sendOne(file: KeptFile): Promise<void> {
    const content = await (await store()).get('blobs', file.id);
    if (!content) return;
    await change(file.id, { state: 'sending' });
    try {
      const { sendFile } = await import('./send-file');
      const receipt = await sendFile({ ...file }, content, only(session, file.personId), {
        onAddress: (uploadUrl) => { void change(file.id, { uploadUrl }); },
        onReceived: (bytes) => { received.set(file.id, bytes); redraw(); },
      });
      await change(file.id, { state: 'stored', waitsFor: null, receipt, received: file.bytes, problem: null });
      await (await store()).delete('blobs', file.id);
    } catch (error) {
      const failed = error instanceof RequestFailed ? error : new RequestFailed(0, null);
      const later = failed.passing || failed.status === 401 || failed.status >= 500;
      const sent = { received: received.get(file.id) ?? file.received };
      await change(file.id, later
        ? { ...sent, state: 'waiting', waitsFor: failed.status === 401 ? 'sign-in' : failed.status === 0 ? 'network' : 'server' }
        : { ...sent, state: 'refused', waitsFor: null, problem: failed.problem, uploadUrl: null });
    } finally {
      received.delete(file.id);
    }
  }

  /** Puts what is stored into the claims' files: the act and the mark on its files are one write, so that neither is there twice or lost. */
  async function attachStored(): Promise<void> {
    const { person, role } = session;
    if (!person || !role) return;
    const transaction = (await store()).transaction(['acts', 'files'], 'readwrite');
    const files = transaction.objectStore('files');
    const stored = (await files.index('byPerson').getAll(person.personId)).filter((file) => file.state === 'stored' && file.purpose === FOR_THE_FILE);
    for (const claimNo of new Set(stored.map((file) => file.claimNo))) {
      const some = stored.filter((file) => file.claimNo === claimNo).slice(0, MOST_PER_ACT);
      const act = newAct({ claimNo, command: 'upload-documents', body: { documents: some.map(attachedOf) } }, person, some[0]?.role as typeof role);
      await putLast(transaction, act);
      for (const file of some) await files.put({ ...file, state: 'attached', actId: act.id });
    }
    await transaction.done;
    if (stored.length === 0) return;
    // The acts before the files: in between, nothing may look as if it had arrived.
    await queue.read();
    tellOthers();
    await read();
    void queue.flush();
  }

  /** `ifIdle`: not while it is being done already. */
  async function flush({ ifIdle = false } = {}): Promise<void> {
    await navigator.locks.request('kuaipei.files', { ifAvailable: ifIdle }, async (lock) => {
      if (!lock) return;
      await read();
      await hashAll();
      const tried = new Set<string>();
      for (;;) {
        await read();
        // `sending` without the lock: the tab that sent it is gone.
        const [file] = list.filter(({ id, state, claimNo, sha256, kind }) => !tried.has(id) && (state === 'waiting' || state === 'sending') && claimNo !== null && sha256 !== null && kind !== null)
          .toSorted((a, b) => a.bytes - b.bytes);
        if (!file || file.bytes > FILM_BYTES) await attachStored();
        if (!file) return;
        tried.add(file.id);
        await sendOne(file);
      }
    });
  }

  async function forgetOld(): Promise<void> {
    const database = await store();
    for (const file of await database.getAll('files')) {
      // A form that used a stored file has taken it over.
      if ((file.state === 'attached' || (file.state === 'stored' && file.purpose !== FOR_THE_FILE)) && Date.now() - Date.parse(file.chosenAt) > REMEMBERED_MS) await database.delete('files', file.id);
    }
  }

  const again = (): void => { void flush().catch(() => undefined); };
  window.addEventListener('online', again);
  session.watch(again);
  // A report that got its number lets its files go.
  queue.watch(() => { if (list.some((file) => file.claimNo === null)) void read().then(() => { if (list.some((file) => file.state === 'waiting' && file.claimNo !== null)) again(); }); });
  // `sending` too: the tab that was at it may be gone.
  window.setInterval(() => { if (list.some((file) => file.state === 'waiting' || file.state === 'sending' || (file.state === 'stored' && file.purpose === FOR_THE_FILE))) void flush({ ifIdle: true }).catch(() => undefined); }, EVERY_MS);
  void forgetOld().then(again).catch(() => undefined);

  return {
    list: () => list,
    received: (id) => received.get(id),
    async add(files, { claimNo, localId, purpose = FOR_THE_FILE }, kind) {
      const { person, role } = session;
      if (!person || !role) throw new Error('nobody is signed in');
      // Without it, a device short of room may throw away what was not sent yet.
      void navigator.storage?.persist?.();
      for (const file of files) {
        const kept: KeptFile = {
          id: crypto.randomUUID(), personId: person.personId, role, claimNo, localId, purpose, kind, fileName: file.name, bytes: file.size, mediaType: file.type, sha256: null, state: 'chosen', waitsFor: null,
          uploadUrl: null, received: 0, problem: null, receipt: null, actId: null, chosenAt: new Date().toISOString(),
        };
        const transaction = (await store()).transaction(['files', 'blobs'], 'readwrite');
        await Promise.all([transaction.objectStore('blobs').put(file, kept.id), transaction.objectStore('files').put(kept), transaction.done]);
        await read();
      }
      tellOthers();
      await hashAll();
    },
    async setKind(id, kind) { if (list.find((file) => file.id === id)?.state === 'chosen') await change(id, { kind }); },
    async remove(id) {
      if (list.find((file) => file.id === id)?.state === 'sending') return;
      const transaction = (await store()).transaction(['files', 'blobs'], 'readwrite');
      await Promise.all([transaction.objectStore('files').delete(id), transaction.objectStore('blobs').delete(id), transaction.done]);
      tellOthers();
      await read();
    },
    async send(ids) {
      for (const id of ids) await change(id, { state: 'waiting', problem: null });
      void flush();
    },
    content: async (id) => (await store()).get('blobs', id),
    flush: () => flush(),
    watch(onChange) { watchers.add(onChange); return () => { watchers.delete(onChange); }; },
  };
}

/** A stored file as acts name it. */
export function attachedOf({ kind, receipt }: KeptFile) {
  if (!kind || !receipt) throw new Error('only a stored file can be attached');
  return { documentId: receipt.documentId, kind, sha256: receipt.sha256, bytes: receipt.bytes, mediaType: receipt.mediaType };
}
