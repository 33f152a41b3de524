import type { Client } from '@temporalio/client';
import { claimWorkflowId, DELIVER, system, type Act, type Notice, type SystemName } from '../domain/claim';
import type { ToldAnchor } from '../platform/audit/anchor';
import { asWorker, type Database } from '../platform/database';
import type { OutboxRow } from '../platform/outbox';
import type { NoticeDelivery } from './notices';

export interface OutboxDeps { database: Database; temporal: Client; deliverNotice: NoticeDelivery }

/** The outbox rows that workers of each kind tell. A notice gateway that is slow must not hold up what a claim's own process is to hear. */
export const TOLD_BY = { claims: ['deliver'], outside: ['notice', 'break-glass', 'anchor'] } as const;

/** A line of the ledger, on its way to a house. */
interface ToldTo { to: { role: string; ref: string }; told: ToldAnchor }

/** Thrown to have a row tried again; its name is kept as the cause. */
class NotYet extends Error { override readonly name = 'NotYet'; }

/** How the worker tells one row of the outbox. Throws to have it tried again. */
export function createOutboxHandler({ database, temporal, deliverNotice }: OutboxDeps) {
  async function fact(claimNo: string, by: SystemName, command: string, input: unknown, id: string): Promise<void> {
    const act: Act = { id, command, input, actor: system(by), receivedAt: new Date().toISOString(), saidAt: null, hash: '' };
    await temporal.workflow.getHandle(claimWorkflowId(claimNo)).signal(DELIVER, act);
  }

  const isOpen = (claimNo: string): Promise<boolean> => asWorker(database, async (tx) => await tx.task.count({ where: { claimNo, status: 'open' } }) > 0);

  async function tellAuditor(key: string, params: Notice['params']): Promise<void> {
    const { kind } = await deliverNotice({ key, template: 'break-glass', params, to: { role: 'auditor' } });
    // Nobody may read unseen: it stays, and is seen waiting, until it was told.
    if (kind !== 'delivered') throw new NotYet();
  }

  async function tellOutsider(key: string, { to, told }: ToldTo): Promise<void> {
    const { kind } = await deliverNotice({ key, template: 'anchor', params: { ...told }, to });
    // A gateway that had another line under this key is told nothing new: the row stays, and is seen waiting.
    if (kind !== 'delivered') throw new NotYet();
  }

  return async function tell({ kind, key, claimNo, payload }: OutboxRow): Promise<void> {
    if (kind === 'anchor') return tellOutsider(key, payload as ToldTo);
    if (claimNo === null) return tellAuditor(key, payload as Notice['params']);
    if (kind === 'deliver') {
      const { by, command, input } = payload as { by: SystemName; command: string; input: unknown };
      await fact(claimNo, by, command, input, key).catch(async (error: unknown) => {
        ignoreClosed(error);
        // A lost process is started again from its record, tasks and all: whoever left must not come back with it.
        if (command === 'holder-left' && await isOpen(claimNo)) throw new NotYet();
      });
      return;
    }
    const notice = payload as Notice;
    const outcome = await deliverNotice({
      key, template: notice.template, params: notice.params, to: { role: notice.to.role, ...(notice.to.personId ? { ref: notice.to.personId } : {}) },
    });
    if (outcome.kind === 'not-yet') throw new NotYet();
    if (outcome.kind === 'undeliverable') {
      await asWorker(database, (tx) => tx.difference.create({ data: { foundAt: new Date(), claimNo, kind: 'notice-undeliverable', detail: { key, cause: outcome.cause } } }));
      return;
    }
    await asWorker(database, (tx) => tx.notice.updateMany({ where: { key }, data: { deliveredAt: outcome.at } }));
    // SPEC §1.7: the pause starts when the request has reached its receiver.
    if (notice.template === 'supplement-asked') await fact(claimNo, 'notices', 'notice-delivered', { requestNo: notice.params.requestNo }, `delivered:${key}`).catch(ignoreClosed);
  };
}

/** A claim whose process has ended needs no more facts. */
function ignoreClosed(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
}
