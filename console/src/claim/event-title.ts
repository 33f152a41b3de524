import { useTranslation } from 'react-i18next';
import type { components } from '../api/schema';
import { yuan } from '../words/money';
import { useNames } from './names';

export type ClaimEvent = components['schemas']['ClaimEvent'];
type Data = Record<string, unknown>;

/** What an event is called, in a few words. */
export function useEventTitle(): (event: ClaimEvent) => string {
  const { t } = useTranslation('claim');
  return (event) => t(`event.${event.type}`, { defaultValue: event.type });
}

/** What stands in an event that a reader of the story wants to know, in a few words; empty where its data are hidden or say no more. */
export function useEventDetail(names: Readonly<Record<string, string>>): (event: ClaimEvent) => string {
  const { t } = useTranslation('claim');
  const name = useNames();
  const person = (id: unknown): string => (typeof id !== 'string' ? t('pool') : id.startsWith('system:') ? t(`system.${id.slice('system:'.length)}`) : (names[id] ?? t('someone')));
  const lines = (list: unknown): string => (list as Array<{ benefit: string; askedFen: number; approvedFen?: number }>)
    .map((line) => `${name('benefits', line.benefit)} ${yuan(line.approvedFen ?? line.askedFen)}`).join(t('list.comma'));
  const codes = (list: unknown): string => (list as string[]).map((code) => `${code} ${name('reasons', code)}`).join(t('list.comma'));
  const document = (kind: unknown): string => name('documentKinds', kind as string);
  const details: Record<string, (data: Data) => Array<string | false | null | undefined>> = {
    'claim-reported': (d) => [name('outcomeTypes', d['outcomeType'] as string)],
    'stage-left': (d) => [`${name('stages', d['stage'] as string)} → ${name('stages', d['to'] as string)}`, d['closedAs'] !== undefined && name('closedAs', d['closedAs'] as string)],
    'task-opened': (d) => [name('tasks', d['kind'] as string), d['assignee'] === null ? (d['roles'] as string[]).map((role) => name('roles', role)).join(t('list.or')) : person(d['assignee'])],
    'task-assigned': (d) => [person(d['to']), t(`assigned.${d['why'] as string}`)],
    'rung-climbed': (d) => [d['breach'] === true && t('breach'), (d['tells'] as string[]).map((who) => t(`audience.${who}`, { defaultValue: name('roles', who) })).join(t('list.comma'))],
    'facts-submitted': (d) => [name('outcomeTypes', d['outcomeType'] as string), lines((d['facts'] as { benefits: unknown }).benefits)],
    'document-attached': (d) => [document(d['kind']), d['supersedes'] !== null && t('document.replaces'), d['late'] === true && t('document.late')],
    'gap-declared': (d) => [document(d['kind']), name('gapReasons', d['reason'] as string)],
    'document-waived': (d) => [document(d['kind'])],
    'flag-raised': (d) => [name('flags', d['flag'] as string)],
    'eligibility-answered': (d) => [t(d['insured'] === true && d['departmentCovered'] === true ? 'eligibility.yes' : 'eligibility.doubt')],
    'file-accepted': (d) => [d['tier'] as string],
    'benefits-amended': (d) => [lines(d['benefits'])],
    'tier-overridden': (d) => [`${d['from'] as string} → ${d['to'] as string}`],
    'supplement-asked': (d) => [(d['items'] as Array<{ document: string | null; fact: string | null }>).map((item) => (item.document === null ? name('facts', item.fact) : document(item.document))).join(t('list.comma'))],
    'item-answered': (d) => [name('answers', (d['answer'] as { kind: string }).kind)],
    'answer-judged': (d) => [name('verdicts', d['verdict'] as string)],
    'supplement-ended': (d) => [t(`supplement.ended.${d['how'] as string}`)],
    'investigation-opened': (d) => [name('investigationReasons', d['reason'] as string)],
    'investigation-closed': (d) => [name('findings', d['finding'] as string)],
    'recommended': (d) => [name('decisions', d['decision'] as string), lines(d['lines']), codes(d['reasons'])],
    'returned-to-review': (d) => [t(`returned.${d['why'] as string}`)],
    // That it was rejected is said by the act itself; its reasons are not for who pays.
    'decided': (d) => [d['decision'] !== 'reject' && name('decisions', d['decision'] as string), lines(d['lines']), codes(d['reasons'] ?? [])],
    'payment-made': (d) => [(d['payments'] as Array<{ benefit: string; amountFen: number }>).map((one) => `${name('benefits', one.benefit)} ${yuan(one.amountFen)}`).join(t('list.comma'))],
    'payment-confirmed': (d) => [yuan(d['amountFen'] as number)],
    'payment-failed': (d) => [t(`fault.${d['fault'] as string}`)],
    'bank-answer-raised': (d) => [t(`bank.${d['what'] as string}`), yuan(d['amountFen'] as number)],
    'act-proposed': (d) => [name('commands', d['command'] as string)],
    'proposal-ended': (d) => [t(`proposal.${d['how'] as string}`)],
    'claim-voided': (d) => [t('survivor', { claimNo: d['survivor'] })],
    'mediator-appointed': (d) => [person(d['personId'])],
    'data-erased': (d) => [t(`erased.${d['what'] as string}`)],
    'panel-voted': (d) => [name('seats', d['seat'] as string), name('votes', d['vote'] as string)],
    'got-stuck': (d) => [d['cause'] as string],
  };
  return (event) => (event.data === null ? '' : (details[event.type]?.(event.data) ?? []).filter((part) => typeof part === 'string' && part !== '').join(' · '));
}
