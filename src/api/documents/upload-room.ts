/** How much one person may have on its way at once, and how much a claim takes (docs/decisions/0019-limits.md). Counted in the database, for all processes together. */
import type { Request } from 'express';
import type { Actor, Text } from '../../domain/claim';
import { inScope, type Database, type Tx } from '../../platform/database';
import type { DocumentStore } from '../../platform/documents/store';
import { fail } from '../problems';
import { nullWhenGone } from './tus-protocol';
import type { UploadRoom } from './upload-router';

export interface UploadLimits {
  /** Unfinished uploads of one person, and what they declare together, in bytes. */
  open: { files: number; bytes: number };
  /** Files of one claim, unfinished ones of the asker among them. */
  claimFiles: number;
  /** What the patient adds to one claim, unfinished uploads among it. */
  patient: { files: number; bytes: number };
}

const GIB = 1024 ** 3;
export const UPLOAD_LIMITS: UploadLimits = { open: { files: 20, bytes: 25 * GIB }, claimFiles: 500, patient: { files: 100, bytes: 2 * GIB } };

/** Between taking its room and lying in the store an upload is nowhere to be found. */
const BEGINS_WITHIN_MS = 60_000;

interface RoomDeps { database: Database; store: Pick<DocumentStore, 'staging'>; actorOf: (req: Request) => Actor; now: () => Date; limits?: UploadLimits }
interface Upload { uploadId: string; claimNo: string; bytes: number }

/** The room of everybody's uploads. */
export function createUploadRoom({ database, store: { staging }, actorOf, now, limits = UPLOAD_LIMITS }: RoomDeps): UploadRoom {
  return {
    take: async (req, upload) => {
      const actor = actorOf(req);
      const refused = await inScope(database, actor, (tx) => takeOrRefuse(tx, actor, upload));
      if (refused === null) return;
      // Swept, or ended by a process that died before it said so: only now is it worth asking the store.
      await forgetGone(actor);
      const again = await inScope(database, actor, (tx) => takeOrRefuse(tx, actor, upload));
      if (again) fail(again);
    },
    giveBack: async (req, uploadId) => {
      await inScope(database, actorOf(req), (tx) => tx.openUpload.deleteMany({ where: { id: uploadId } })).catch(() => undefined);
    },
  };

  async function takeOrRefuse(tx: Tx, actor: Actor, { uploadId, claimNo, bytes }: Upload): Promise<ReturnType<typeof refusalOf>> {
    const { personId } = actor;
    // One at a time for each person: otherwise many at once would all find room.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('open_upload'), hashtext(${personId}))`;
    const open = await tx.openUpload.findMany({ where: { personId }, select: { claimNo: true, bytes: true } });
    const refused = refusalOf(limits, {
      open: total(open), openHere: total(open.filter((one) => one.claimNo === claimNo)), bytes,
      claimFiles: await tx.document.count({ where: { claimNo } }),
      patient: actor.role === 'patient' ? total(await tx.document.findMany({ where: { claimNo, uploadedBy: personId }, select: { bytes: true } })) : null,
    });
    if (refused === null) await tx.openUpload.createMany({ data: [{ id: uploadId, personId, claimNo, bytes, begunAt: now() }] });
    return refused;
  }

  async function forgetGone(actor: Actor): Promise<void> {
    const begun = await inScope(database, actor, (tx) => tx.openUpload.findMany({ where: { personId: actor.personId, begunAt: { lt: new Date(now().getTime() - BEGINS_WITHIN_MS) } }, select: { id: true } }));
    const gone: string[] = [];
    for (const { id } of begun) if ((await staging.dataStore.getUpload(id).catch(nullWhenGone)) === null) gone.push(id);
    if (gone.length > 0) await inScope(database, actor, (tx) => tx.openUpload.deleteMany({ where: { id: { in: gone } } }));
  }
}

interface Sum { files: number; bytes: number }
const total = (rows: readonly { bytes: bigint }[]): Sum => ({ files: rows.length, bytes: rows.reduce((sum, row) => sum + Number(row.bytes), 0) });

/** Which limit one more upload of `bytes` would pass, as a problem; null: none. */
function refusalOf({ open: mostOpen, claimFiles: mostFiles, patient: mostOfPatient }: UploadLimits, { open, openHere, bytes, claimFiles, patient }: { open: Sum; openHere: Sum; bytes: number; claimFiles: number; patient: Sum | null }) {
  if (open.files >= mostOpen.files) {
    return refusal(409, 'too-many-open-uploads', { most: mostOpen.files }, { zh: `您有 ${open.files} 个未完成的上传，最多 ${mostOpen.files} 个：请先完成或取消其中一些。`, en: `You have ${open.files} unfinished uploads and may have ${mostOpen.files}: finish some or cancel them (DELETE) first.` });
  }
  if (open.bytes + bytes > mostOpen.bytes) {
    return refusal(413, 'open-uploads-too-large', { mostBytes: mostOpen.bytes }, { zh: `未完成的上传合计超过 ${sizeOf(mostOpen.bytes)}：请先完成或取消其中一些。`, en: `Your unfinished uploads would be more than ${sizeOf(mostOpen.bytes)} together: finish some or cancel them (DELETE) first.` });
  }
  if (patient && patient.files + openHere.files >= mostOfPatient.files) {
    return refusal(409, 'too-many-own-files', { most: mostOfPatient.files }, { zh: `您在本案最多上传 ${mostOfPatient.files} 个文件：请把多页合并为一个 PDF，或交给医院驻点专员。`, en: `You may add ${mostOfPatient.files} files to this claim: put pages together into one PDF, or hand them to the on-site specialist.` });
  }
  if (patient && patient.bytes + openHere.bytes + bytes > mostOfPatient.bytes) {
    return refusal(413, 'own-files-too-large', { mostBytes: mostOfPatient.bytes }, { zh: `您在本案上传的文件合计超过 ${sizeOf(mostOfPatient.bytes)}：请上传较小的文件，或交给医院驻点专员。`, en: `Your files of this claim would be more than ${sizeOf(mostOfPatient.bytes)} together: send smaller ones, or hand them to the on-site specialist.` });
  }
  if (claimFiles + openHere.files >= mostFiles) {
    return refusal(409, 'too-many-files', { most: mostFiles }, { zh: `本案最多 ${mostFiles} 个文件：请把多页合并为一个 PDF。`, en: `A claim takes ${mostFiles} files: put pages together into one PDF.` });
  }
  return null;
}

const refusal = (status: 409 | 413, code: string, details: Record<string, number>, text: Text) => ({ status, code, rule: 'SPEC §1.3', details, text });
const sizeOf = (bytes: number): string => (bytes >= GIB ? `${bytes / GIB} GiB` : `${bytes} B`);
