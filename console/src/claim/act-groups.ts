/** How the acts that are allowed stand on the page. Which ones are allowed is the server's to say. */
import type { ClaimView, CommandName } from './acts/form';

type TaskKind = ClaimView['tasks'][number]['kind'];

/** The acts that fulfil a task, the usual one first. */
const FULFILS: Record<TaskKind, readonly CommandName[]> = {
  'collect-facts': ['submit-facts'], 'upload-documents': ['upload-documents'], 'accept-file': ['accept-file', 'ask-supplement'], review: ['recommend'],
  'answer-as-hospital': ['answer-supplement'], 'answer-as-patient': ['answer-supplement'], investigate: ['close-investigation'], approve: ['approve', 'reject', 'return-to-review'],
  'set-payee': ['set-payee'], 'confirm-payee': ['confirm-payee'], 'make-payment': ['make-payment'], 'check-payment': ['check-payment'], 'await-bank': ['resolve-payment'],
  'decide-as-panel': ['panel-decision'], 'second-person': ['confirm-proposal', 'decline-proposal'],
};

/** By what one wants; within a group in this order. Taking and giving back tasks stand beside the task. */
const GROUPS = {
  judge: ['accept-file', 'recommend', 'approve', 'reject', 'return-to-review', 'panel-decision', 'confirm-proposal', 'decline-proposal', 'open-investigation', 'close-investigation', 'accept-answer', 'reject-answer', 'waive-item', 'waive-document', 'override-tier'],
  file: ['submit-facts', 'upload-documents', 'answer-supplement', 'ask-supplement', 'supersede-document', 'declare-gap', 'amend-benefits'],
  pay: ['set-payee', 'confirm-payee', 'make-payment', 'check-payment', 'return-payment', 'resolve-payment'],
  end: ['dispute', 'reopen', 'withdraw', 'void'],
} as const satisfies Record<string, readonly CommandName[]>;
export type GroupName = keyof typeof GROUPS;

/** The act that fulfils a task of this person, or one that their role may take; null where they owe nothing. */
export function primaryAct(claim: ClaimView, personId: string, role: string): CommandName | null {
  const held = (task: ClaimView['tasks'][number]): boolean => task.standIn || task.assignee === personId;
  const mine = claim.tasks.filter((task) => held(task) || (task.assignee === null && (task.roles as string[]).includes(role)));
  const first = mine.toSorted((a, b) => Number(held(b)) - Number(held(a)) || (a.dueAt ?? '9').localeCompare(b.dueAt ?? '9'));
  return first.flatMap((task) => FULFILS[task.kind]).find((command) => claim.allowed.includes(command)) ?? null;
}

export function groupsOf(allowed: readonly CommandName[], primary: CommandName | null): Array<[GroupName, CommandName[]]> {
  return (Object.keys(GROUPS) as GroupName[])
    .map((group): [GroupName, CommandName[]] => [group, GROUPS[group].filter((command) => command !== primary && allowed.includes(command))])
    .filter(([, commands]) => commands.length > 0);
}
