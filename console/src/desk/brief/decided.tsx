import { useTranslation } from 'react-i18next';
import type { ClaimView } from '../../claim/acts/form';
import { useNames } from '../../claim/names';
import { yuan } from '../../words/money';
import { instantWords } from '../../words/time';
import { useLanguage } from '../../words/use-words';
import { payeesWords, sumOf } from '../judging/payees-words';

/** What was decided in this round, how much and for whom: whoever has just decided reads it here. */
export function DecidedBrief({ claim, people }: { claim: ClaimView; people: Readonly<Record<string, string>> }) {
  const { t } = useTranslation('desk');
  const language = useLanguage();
  const name = useNames();
  const decided = claim.amounts?.decision;
  if (!decided || decided.round !== claim.round) return null;
  const payee = payeesWords(claim);
  return (
    <section className="brief brief-decided" role="status" aria-labelledby="decided-title">
      <h2 id="decided-title">{t('decided.title', { decision: name('decisions', decided.decision), amount: yuan(sumOf(decided.lines)) })}</h2>
      <p className="quiet">{t('decided.by', { name: people[decided.by] ?? t('somebody'), at: instantWords(decided.at, language) })}{decided.decision !== 'reject' && ` · ${payee === null ? t('harm.noPayee') : t('decided.payee', { payee })}`}</p>
    </section>
  );
}
