/** Removing what a recorded event rules to be erased, as the one role that may. Whatever was done already is not there to be done again. */
import type { Erasable } from '../../domain/retention';
import type { Database } from '../database';
import { placeOf, sealText } from '../database/sealed';
import type { ObjectStore } from '../documents/store';
import type { KeyRing } from '../keys/key-ring';
import type { OutboxRow } from '../outbox';

/** No event rules it: asked by mistake, and nothing was touched. */
class NotRuled extends Error { override readonly name = 'NotRuled'; }

/** `database` is opened with ERASER_DATABASE_URL, without keys: policies show it nothing of a claim but what is ruled (prisma/migrations, eraser). */
export interface EraserDeps { database: Database; store: Pick<ObjectStore, 'remove'>; keys: KeyRing }

/** Takes rows of the outbox of kind `erase`. */
export function createEraser({ database, store, keys }: EraserDeps) {
  /** Contents first, each with its key after it: killed in between, the row still says where the content lies. */
  async function eraseFile(claimNo: string): Promise<void> {
    const documents = await database.$queryRaw<Array<{ id: string; storageKey: string }>>`SELECT id::text, storage_key AS "storageKey" FROM document WHERE claim_no = ${claimNo} AND status <> 'erased'`;
    for (const { id, storageKey } of documents) {
      await store.remove(storageKey);
      await database.$executeRaw`UPDATE document SET status = 'erased', file_name = '', flags = '{}', refusal = NULL, object_key = NULL WHERE id = ${id}::uuid`;
    }
    await database.$executeRaw`DELETE FROM claim_event_personal WHERE claim_no = ${claimNo}`;
    await database.$executeRaw`DELETE FROM notice WHERE claim_no = ${claimNo}`;
    await database.$executeRaw`DELETE FROM patient_link WHERE claim_no = ${claimNo}`;
  }

  async function erasePerson(claimNo: string): Promise<void> {
    await database.$executeRaw`DELETE FROM claim_event_personal WHERE claim_no = ${claimNo}`;
    for (const { id } of await database.$queryRaw<Array<{ id: string }>>`SELECT id FROM payee WHERE claim_no = ${claimNo}`) {
      // Emptied, and still a sealed text: whoever reads the column opens nothing.
      const nothing = (column: string): string => sealText(keys, '', placeOf('payee', column, [claimNo, id]));
      await database.$executeRaw`UPDATE payee SET holder = ${nothing('holder')}, bank = '', account = ${nothing('account')} WHERE claim_no = ${claimNo} AND id = ${id}`;
    }
    // Made of the record number, from which it could be guessed back.
    await database.$executeRaw`UPDATE claim SET natural_key = ${`erased:${claimNo}`} WHERE claim_no = ${claimNo}`;
    await database.$transaction(async (tx) => {
      // A report of the same patient that comes at this moment is waited for, and then keeps them.
      const [patient] = await tx.$queryRaw<Array<{ id: string }>>`SELECT id::text FROM patient WHERE id = (SELECT patient_id FROM claim WHERE claim_no = ${claimNo}) FOR UPDATE`;
      if (patient) {
        await tx.$executeRaw`UPDATE patient SET name = '', record_no = ${`erased:${patient.id}`}, identity_number = NULL, identity_index = NULL, phone = NULL, birth_date = NULL, sex = NULL, deceased_at = NULL, person_id = NULL
          WHERE id = ${patient.id}::uuid`;
      }
    });
  }

  return {
    /** Removes what the row names of its claim. Throws to have it tried again. */
    async erase({ claimNo, payload }: Pick<OutboxRow, 'claimNo' | 'payload'>): Promise<void> {
      const { what } = payload as { what: Erasable };
      const [ruled] = await database.$queryRaw<Array<{ yes: boolean }>>`SELECT is_erased(${claimNo}, ${what}) AS yes`;
      if (claimNo === null || ruled?.yes !== true) throw new NotRuled();
      await (what === 'file' ? eraseFile(claimNo) : erasePerson(claimNo));
    },
    close: () => database.$disconnect(),
  };
}
