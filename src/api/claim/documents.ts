/** Where uploads and downloads meet claims: who may, and the document's row (SPEC §1.2, §1.3). */
import type { Request, Router } from 'express';
import { mayUpload, type Actor, type ClaimState, type Role } from '../../domain/claim';
import { inScope, type Database } from '../../platform/database';
import type { Scanner } from '../../platform/documents/scanner';
import type { DocumentStore } from '../../platform/documents/store';
import { erasureOf } from '../../domain/retention';
import { claimToActOn, recordRead, recordReadOnce } from './access';
import { erasedProblem } from './retention';
import { createContentRouter } from '../documents/content-router';
import { issueTicket } from '../documents/ticket';
import { createUploadRoom, type UploadLimits } from '../documents/upload-room';
import { createUploadRouter } from '../documents/upload-router';
import { fail, ProblemError, refusalProblem } from '../problems';

export interface DocumentDeps { database: Database; store: DocumentStore; scanner: Scanner; ticketSecret: string; actorOf: (req: Request) => Actor; now: () => Date; limits?: UploadLimits | undefined }

const ERASED = 'erased';

/** Throws ProblemError (409): nothing joins a file that was ruled to be erased. */
function refuseErased(state: ClaimState): void {
  if (erasureOf(state, 'file')) fail(refusalProblem({ code: ERASED }));
}

/** The two routers of documents; mount them where authentication has run and before any body is read. */
export function documentRouters({ database, store, scanner, ticketSecret, actorOf, now, limits }: DocumentDeps): Router[] {
  return [
    createUploadRouter({
      store, scanner, personOf: (req) => actorOf(req).personId, room: createUploadRoom({ database, store, actorOf, now, ...(limits ? { limits } : {}) }),
      authorise: async (req, claimNo, kind) => {
        const actor = actorOf(req);
        const state = await inScope(database, actor, (tx) => claimToActOn(tx, actor, claimNo));
        refuseErased(state);
        if (!mayUpload(actor.role as Role, kind)) fail(refusalProblem({ code: 'wrong-document-kind' }));
      },
      onStored: async (stored, req) => {
        const { uploadId: id, claimNo, kind, fileName, bytes, mediaType, sha256, storageKey, objectKey, flags, uploadedBy } = stored;
        const actor = actorOf(req);
        await inScope(database, actor, async (tx) => {
          const { hospital, department, insurer } = await claimToActOn(tx, actor, claimNo);
          // Comes twice after a crash: the first row stands.
          await tx.document.createMany({ data: [{ id, claimNo, kind, fileName, bytes, mediaType, sha256, storageKey, objectKey, flags, uploadedBy, uploadedAt: now(), status: 'stored', hospital, department, insurer }], skipDuplicates: true });
          // The row refers to its claim's, and so holds it: an erasure that was being ruled has now been waited for, and one to come waits for this row.
          refuseErased(await claimToActOn(tx, actor, claimNo));
        }).catch(async (error: unknown) => {
          if (error instanceof ProblemError && error.problem.code === ERASED) await store.objects.remove(storageKey);
          throw error;
        });
        return { documentId: id };
      },
    }),
    createContentRouter({
      store: store.objects,
      ticketFor: (req, documentId) => issueTicket(ticketSecret, documentId, actorOf(req), now()),
      find: (req, id) => inScope(database, actorOf(req), async (tx) => {
        const row = await tx.document.findFirst({ where: { id, status: { in: ['stored', 'attached', 'erased'] } }, include: { claim: { select: { state: true } } } });
        const erasure = row && erasureOf(row.claim.state as unknown as ClaimState, 'file');
        if (erasure) fail(erasedProblem(erasure));
        return row && { id, fileName: row.fileName, bytes: Number(row.bytes), mediaType: row.mediaType, sha256: row.sha256, storageKey: row.storageKey, objectKey: row.objectKey, flags: row.flags };
      }),
      recordRead: (req, document, goesOn) => inScope(database, actorOf(req), async (tx) => {
        const actor = actorOf(req);
        const row = await tx.document.findUniqueOrThrow({ where: { id: document.id }, select: { claimNo: true, hospital: true, department: true, insurer: true } });
        // A player asks for a recording part by part.
        await (goesOn ? recordReadOnce : recordRead)(tx, actor, `document ${document.id}`, row);
      }),
    }),
  ];
}
