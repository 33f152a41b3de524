/** For whom an actor stands in now, and whether that is why they see a claim: both asked of the database, whose policies ask the same. */
import type { Actor } from '../../domain/claim';
import type { Tx } from '../../platform/database';

/** The actor with the persons whose work they do meanwhile (`scope_owners()`), if there are any. */
export const standingInFor = (actor: Actor, owners: string[] | null): Actor => (owners ? { ...actor, standsInFor: owners } : actor);

/** Does the person of the scope see this claim because of a task that they do for its owner? */
export async function seesAsStandIn(tx: Tx, claimNo: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<Array<{ sees: boolean | null }>>`SELECT ${claimNo} = ANY (scope_delegated()) AS sees`;
  return row?.sees === true;
}
