import { useTranslation } from 'react-i18next';
import type { ClaimView } from '../../claim/acts/form';
import type { ClaimEvent } from '../../claim/event-title';
import { useNames } from '../../claim/names';
import { instantWords } from '../../words/time';
import { useLanguage } from '../../words/use-words';
import { PaperLinks } from '../judging/evidence';
import { BenefitLines } from '../judging/lines';
import { ReasonList } from '../judging/reasons';
import { evidenceOf, lastNote } from './notes';

/** For the panel: what was decided, what the claimant says against it, and who has voted. How the others voted is not said here: one votes first. */
export function DisputeBrief({ claim, events }: { claim: ClaimView; events: readonly ClaimEvent[] }) {
  const { t } = useTranslation('desk');
  const language = useLanguage();
  const name = useNames();
  const dispute = claim.clinical?.dispute;
  const decided = claim.amounts?.decision;
  if (!dispute || !decided) return null;
  const objection = lastNote(events, 'dispute-raised');
  const evidence = evidenceOf(events);
  return (
    <section className="brief" aria-labelledby="dispute-title">
      <h2 id="dispute-title">{t('dispute.title')}</h2>
      <h3>{t('dispute.objection', { at: instantWords(dispute.at, language) })}</h3>
      <p className="brief-words">{objection ?? t('dispute.unwritten')}</p>
      <h3>{t('dispute.decided', { decision: name('decisions', decided.decision), at: instantWords(decided.at, language) })}</h3>
      <BenefitLines lines={decided.lines} />
      {decided.reasons && <ReasonList codes={decided.reasons} />}
      {evidence.length > 0 && <div><h3>{t('evidence.title', { count: evidence.length })}</h3><PaperLinks claim={claim} documentIds={evidence} /></div>}
      <p className="quiet">{t('dispute.voted', { seats: dispute.votes.map(({ seat }) => name('seats', seat)).join(t('comma')) || t('dispute.nobody') })}</p>
    </section>
  );
}
