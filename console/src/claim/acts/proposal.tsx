import { useTranslation } from 'react-i18next';
import type { components } from '../../api/schema';
import { yuan } from '../../words/money';
import { instantWords } from '../../words/time';
import { useLanguage, useWords } from '../../words/use-words';
import { useNames } from '../names';
import { Choices } from './fields';
import { useCommand, type ClaimView } from './form';

export type Proposal = components['schemas']['Assessment']['proposals'][number];

export function ProposalChoice({ claim, proposals, value, onChange }: { claim: ClaimView; proposals: readonly Proposal[]; value: string | null; onChange: (proposalId: string) => void }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  if (proposals.length < 2) return null;
  return <Choices legend={t('form.proposal.which')} name="proposal" value={value} onChange={onChange} options={proposals.map((one) => ({ value: one.proposalId, label: name('commands', one.command), hint: claim.names[one.by] ?? t('someone') }))} />;
}

/** What the first person did, as far as a second one must know to confirm or decline it. */
export function Proposed({ claim, proposal }: { claim: ClaimView; proposal: Proposal }) {
  const { t } = useTranslation('claim');
  const words = useWords();
  const language = useLanguage();
  const name = useNames();
  const causes = useCommand(proposal.command)?.causes;
  const input = (proposal.input ?? {}) as Record<string, unknown>;
  const rows: Array<[string, string]> = [];
  const add = (key: string, value: string): void => { rows.push([t(`proposed.${key}`), value]); };
  if (typeof input['kind'] === 'string') add('document', name('documentKinds', input['kind']));
  if (typeof input['tier'] === 'string') add('tier', `${claim.tier ?? ''} → ${input['tier']}`);
  if (typeof input['survivor'] === 'string') add('survivor', input['survivor']);
  if (typeof input['decision'] === 'string') add('decision', name('decisions', input['decision']));
  for (const line of (Array.isArray(input['lines']) ? input['lines'] : []) as Array<{ benefit: string; askedFen: number; approvedFen: number }>) rows.push([name('benefits', line.benefit), t('proposed.line', { asked: yuan(line.askedFen), approved: yuan(line.approvedFen) })]);
  for (const code of (Array.isArray(input['reasons']) ? input['reasons'] : []) as string[]) add('reason', `${code} ${name('reasons', code)}`);
  if (Array.isArray(input['evidence']) && input['evidence'].length > 0) add('evidence', (input['evidence'] as string[]).map((id) => claim.clinical?.documents.find((one) => one.documentId === id)?.fileName ?? id).join(t('list.comma')));
  if (typeof input['itemId'] === 'string') {
    const item = claim.clinical?.supplements.flatMap((request) => request.items).find((one) => one.itemId === input['itemId']);
    if (item) add('item', item.document === null ? name('facts', item.fact) : name('documentKinds', item.document));
  }
  const hold = claim.retention.holds?.find((one) => one.holdId === input['holdId']);
  if (hold) add('hold', [name('holdReasons', hold.reason), claim.names[hold.by] ?? t('someone'), instantWords(hold.at, language)].join(' · '));
  if (typeof input['key'] === 'string') add('payment', input['key']);
  if (typeof input['paidFen'] === 'number') add('paid', yuan(input['paidFen']));
  if (proposal.note !== null) add('note', proposal.note);
  return (
    <section className="proposed">
      <p><b>{name('commands', proposal.command)}</b> <span className="quiet">{t('proposed.by', { name: claim.names[proposal.by] ?? t('someone'), at: instantWords(proposal.at, language) })}</span></p>
      {causes && <p className="quiet">{words(causes)}</p>}
      <dl>{rows.map(([label, value], n) => <div key={n}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
    </section>
  );
}
