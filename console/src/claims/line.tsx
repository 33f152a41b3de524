import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Titles } from '../lists/use-titles';
import { Due } from '../words/due';
import { yuan } from '../words/money';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import type { ClaimLine } from './use-claims';

/** The cells of a claim: how it stands, for whom it waits and until when. */
export const ClaimCells = memo(function ClaimCells({ line, gone, titles }: { line: ClaimLine; gone: boolean; titles: Titles }) {
  const { t } = useTranslation('claims');
  const language = useLanguage();
  const closed = line.closedAt !== null;
  const waits = line.waitingFor.map((role) => titles.role(role)).join(', ');
  return (
    <>
      <span role="cell" className="c-no"><Link to={`/claims/${line.claimNo}`} data-open>{line.claimNo}</Link></span>
      <span role="cell" className="c-stage">{gone && <span className="tag tag-first">{t('gone')}</span>}{line.closedAs === null ? titles.stage(line.stage) : titles.closedAs(line.closedAs)}{line.tier !== null && <span className="tag">{line.tier}</span>}
        {line.breached && <span className="tag tag-late">{t('breached')}</span>}{line.stuck && <span className="tag tag-late">{t('stuck')}</span>}</span>
      <span role="cell" className="c-patient">{line.patientName ?? ''}</span>
      <span role="cell" className="c-waits">{closed ? '' : waits}</span>
      <span role="cell" className="c-due">{closed ? <span className="quiet">{t('closed', { at: instantWords(line.closedAt ?? '', language) })}</span> : <Due dueAt={line.nextDeadline} provisional={line.provisional} full />}</span>
      <span role="cell" className="c-place">{titles.department(line.department)} · {titles.hospital(line.hospital)}</span>
      <span role="cell" className="c-outcome">{line.outcomeType === null ? '' : titles.outcome(line.outcomeType)}</span>
      <span role="cell" className="c-asked amount">{line.paidFen ? t('paid', { amount: yuan(line.paidFen) }) : line.askedFen === null ? '' : yuan(line.askedFen)}</span>
      <span role="cell" className="c-reported quiet">{instantWords(line.reportedAt, language)}</span>
    </>
  );
});
