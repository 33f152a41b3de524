import { useTranslation } from 'react-i18next';
import { useNow } from '../words/now';
import { dayOf, dayWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import type { Claim } from './claim';

/** Both clocks in words: the promised one, which may pause, and the real one, which never does (SPEC §1.5). */
export function Clocks({ claim }: { claim: Claim }) {
  const { t } = useTranslation('patient');
  const language = useLanguage();
  const now = useNow();
  const day = (iso: string): string => dayWords(dayOf(iso), language);
  const net = claim.clocks.find((one) => one.clock === `settlement.${claim.round}`);
  // The day of the report is the first.
  const days = Math.floor(claim.grossDays) + 1;
  return (
    <section className="patient-part no-print" aria-labelledby="patient-clocks">
      <h2 id="patient-clocks">{t('clocks.title')}</h2>
      <dl className="patient-clocks">
        <div>
          <dt>{t('clocks.promised')}</dt>
          <dd>{promise()}</dd>
        </div>
        <div>
          <dt>{t('clocks.real')}</dt>
          <dd>{t(claim.closedAt === null ? 'clocks.since' : 'clocks.took', { day: day(claim.reportedAt), count: days })}</dd>
        </div>
      </dl>
    </section>
  );

  function promise(): string {
    if (!net) return t(claim.stage === 'closed' ? 'clocks.never' : 'clocks.notYet');
    if (net.stoppedAt !== null) return t('clocks.done', { day: day(net.stoppedAt) });
    if (net.paused) return t('clocks.paused', { day: day(net.pauses.at(-1)?.from ?? net.startedAt) });
    if (net.dueAt === null) return t('clocks.notYet');
    if (Date.parse(net.dueAt) <= now) return t('clocks.late', { day: day(net.dueAt) });
    return t(net.provisional ? 'clocks.provisional' : 'clocks.due', { day: day(net.dueAt), count: net.workingDays });
  }
}
