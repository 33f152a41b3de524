import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '../api/schema';
import { yuan } from '../words/money';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import type { ClaimView } from './acts/form';
import { useNames } from './names';
import type { People } from './page';

type Amounts = components['schemas']['Amounts'];
type Judged = { decision: string; lines: ReadonlyArray<components['schemas']['Line']>; reasons?: readonly string[] | undefined; by: string; at?: string };

/** What is asked, what was recommended and decided, line by line; objections with the votes of the panel. */
export function Decision({ claim, amounts, people, children }: { claim: ClaimView; amounts: Amounts; people: People; children: ReactNode }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const name = useNames();
  const { recommendation } = claim.assessment ?? { recommendation: null };
  const asked = claim.clinical?.facts?.benefits;
  const dispute = claim.clinical?.dispute;
  const proposals = claim.assessment?.proposals ?? [];
  // Before the facts nothing is asked, and yet a claim may be proposed to be void.
  if (amounts.askedFen === null && !amounts.decision && proposals.length === 0) return null;
  return (
    <section className="card" aria-labelledby="decision-title">
      <div className="row"><h2 id="decision-title" className="grow">{t('decision.title')}</h2>{children}</div>
      {amounts.decision ? <JudgedLines title={t('decision.decided', { name: people[amounts.decision.by] ?? t('decision.byRule'), at: instantWords(amounts.decision.at, language) })} judged={amounts.decision} />
        : recommendation ? <JudgedLines title={t('decision.recommended', { name: people[recommendation.by] ?? t('someone'), version: recommendation.fileVersion })} judged={recommendation} />
        : amounts.askedFen !== null && <p>{t('decision.asked', { amount: yuan(amounts.askedFen) })}{asked && <span className="quiet"> · {asked.map((line) => `${name('benefits', line.benefit)} ${yuan(line.askedFen)}`).join(t('list.comma'))}</span>}</p>}
      {proposals.map((proposal) => (
        <p key={proposal.proposalId} className="due-soon">{t('decision.proposal', { act: name('commands', proposal.command), name: people[proposal.by] ?? t('someone'), at: instantWords(proposal.at, language) })}</p>
      ))}
      {dispute && (
        <p>{t('decision.dispute', { at: instantWords(dispute.at, language) })} {dispute.votes.map((vote) => `${name('seats', vote.seat)}${t('list.colon')}${name('votes', vote.vote)}`).join(t('list.semicolon'))}</p>
      )}
    </section>
  );
}

function JudgedLines({ title, judged }: { title: string; judged: Judged }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const sum = (pick: (line: components['schemas']['Line']) => number): number => judged.lines.reduce((fen, line) => fen + pick(line), 0);
  return (
    <>
      <p><b>{name('decisions', judged.decision)}</b> <span className="quiet">{title}</span></p>
      <table className="amounts">
        <thead><tr><th scope="col">{t('decision.benefit')}</th><th scope="col">{t('decision.askedFor')}</th><th scope="col">{t('decision.approved')}</th></tr></thead>
        <tbody>{judged.lines.map((line) => <tr key={line.benefit}><th scope="row">{name('benefits', line.benefit)}</th><td>{yuan(line.askedFen)}</td><td>{yuan(line.approvedFen)}</td></tr>)}</tbody>
        {judged.lines.length > 1 && <tfoot><tr><th scope="row">{t('decision.total')}</th><td>{yuan(sum((line) => line.askedFen))}</td><td>{yuan(sum((line) => line.approvedFen))}</td></tr></tfoot>}
      </table>
      {judged.reasons && judged.reasons.length > 0 && <ul className="reasons">{judged.reasons.map((code) => <li key={code}><span className="mono">{code}</span> {name('reasons', code)}</li>)}</ul>}
    </>
  );
}
