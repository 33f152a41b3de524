import { useTranslation } from 'react-i18next';
import { Due } from '../words/due';
import { dayWords, instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import type { ClaimView } from './acts/form';
import { useNames } from './names';
import { Sheet } from './sheet';

type Clock = ClaimView['clocks'][number];
type Day = Clock['ledger'][number];

/** How a due date came about: the rule in words, then every day and whether it counted (SPEC §1.5). Can be printed. */
export function Ledger({ claim, clock, onClose }: { claim: ClaimView; clock: Clock; onClose: () => void }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const name = useNames();
  const pausedBy = usePausedBy();
  const rule = clock.name === 'collection' || clock.name === 'patient-answers' || clock.name === 'settlement' || clock.name === 'decision' ? clock.name : 'working';
  return (
    <Sheet title={t('ledger.title', { clock: name('clocks', clock.name), claimNo: claim.claimNo })} onClose={onClose}>
      <p className="ledger-due"><Due dueAt={clock.dueAt} paused={clock.paused} provisional={clock.provisional} full /></p>
      <p>{t(`ledger.rule.${rule}`, { n: clock.workingDays, tier: claim.tier ?? '' })}</p>
      <dl className="ledger-facts">
        <div><dt>{t('ledger.started')}</dt><dd>{instantWords(clock.startedAt, language)}</dd></div>
        {clock.stoppedAt !== null && <div><dt>{t('ledger.stopped')}</dt><dd>{instantWords(clock.stoppedAt, language)}</dd></div>}
        {clock.pauses.map((pause) => (
          <div key={pause.from}><dt>{t('ledger.paused')}</dt><dd>{t(pause.until === null ? 'ledger.pauseOpen' : 'ledger.pause', { from: instantWords(pause.from, language), until: pause.until === null ? '' : instantWords(pause.until, language), by: pausedBy(pause.by) })}</dd></div>
        ))}
        <div><dt>{t('ledger.stops')}</dt><dd>{t(clock.name === 'settlement' || clock.name === 'decision' ? 'ledger.stopsFastTrack' : 'ledger.stopsNever')}</dd></div>
        <div><dt>{t('ledger.calendar')}</dt><dd>{clock.calendarVersion}</dd></div>
      </dl>
      {clock.provisional && <p className="due-soon">{t('ledger.provisional')}</p>}
      {clock.ledger.length > 0 ? <Days days={clock.ledger} /> : <p className="quiet">{t('ledger.noDays')}</p>}
    </Sheet>
  );
}

/** The days as a calendar, Monday first; on a phone one below the other. */
function Days({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const pausedBy = usePausedBy();
  const first = days[0] ? (new Date(`${days[0].day}T12:00:00+08:00`).getUTCDay() + 6) % 7 + 1 : 1;
  return (
    <ol className="ledger-days">
      {days.map((day, n) => {
        const marks = [
          day.counted && day.n !== null && t('ledger.counted', { n: day.n }), day.kind !== 'working' && t(`ledger.kind.${day.kind}`),
          day.pausedBy !== undefined && t('ledger.pausedBy', { by: pausedBy(day.pausedBy) }), day.provisional === true && t('ledger.provisionalDay'),
        ].filter((mark) => mark !== false);
        return (
          <li key={day.day} className={day.counted ? 'day-counted' : day.pausedBy === undefined ? `day-${day.kind}` : 'day-paused'} style={n === 0 ? { gridColumnStart: first } : undefined}>
            <b>{dayWords(day.day, language)}</b><span>{marks.length > 0 ? marks.join(' · ') : t('ledger.notCounted')}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** What paused a clock, in words: a request for supplements, or wrong payee details. */
export function usePausedBy(): (by: string) => string {
  const { t } = useTranslation('claim');
  return (by) => { const request = /^supplement\.(\d+)$/.exec(by)?.[1]; return request === undefined ? t('ledger.byPayee') : t('ledger.byRequest', { n: request }); };
}
