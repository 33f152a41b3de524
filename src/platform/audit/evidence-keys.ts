/** The public keys under which evidence is signed: those kept beside the ledger, and those on the ring. */
import type { Tx } from '../database';
import type { KeyRing } from '../keys/key-ring';
import { signerOf } from '../keys/sign';

/** `publicKey`: Ed25519, 32 bytes in base64. `since`: when it first signed a line of the ledger; null while it has not. */
export interface EvidenceKey { keyId: string; publicKey: string; since: string | null; current: boolean }

/** All of them, in the order of their ids. A key that is on the ring is told as the ring has it, whatever the table says. */
export async function evidenceKeys(tx: Pick<Tx, 'evidenceKey'>, keys: KeyRing | null): Promise<EvidenceKey[]> {
  const kept = await tx.evidenceKey.findMany();
  const ids = keys?.ids() ?? [];
  const onRing = ids.flatMap((id) => { const { publicKey } = signerOf(keys!.byId('signing', id)); return [{ keyId: id, publicKey }]; });
  const all = [...new Set([...kept.map((one) => one.keyId), ...ids])].sort();
  return all.map((keyId) => {
    const row = kept.find((one) => one.keyId === keyId);
    return { keyId, publicKey: onRing.find((one) => one.keyId === keyId)?.publicKey ?? row!.publicKey, since: row?.since.toISOString() ?? null, current: keyId === ids[0] };
  });
}

/** Base64 may be spelt in more than one way. */
export const isDifferentKey = (a: string, b: string): boolean => !Buffer.from(a, 'base64').equals(Buffer.from(b, 'base64'));
