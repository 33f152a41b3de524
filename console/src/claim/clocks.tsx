import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Due } from '../words/due';
import { useNow } from '../words/now';
import { dueWords, instantWords, lengthWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import type { ClaimView } from './acts/form';
import { Ledger, usePausedBy } from './ledger';
import { useNames } from './names';

type Clock = ClaimView['clocks'][number];

/** The promised clock beside the real one, then every other clock that runs; each due date opens to its days (SPEC §1.5). */
export function Clocks({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const now = useNow();
  const [opened, setOpened] = useState<string | null>(null);
  const net = claim.clocks.find((clock) => clock.clock === `settlement.${claim.round}`);
  const others = claim.clocks.filter((clock) => clock !== net);
  const running = others.filter((clock) => clock.stoppedAt === null);
  const stopped = others.filter((clock) => clock.stoppedAt !== null);
  const shown = claim.clocks.find((clock) => clock.clock === opened);
  const until = claim.closedAt === null ? now : Date.parse(claim.closedAt);
  return (
    <section className="card" aria-labelledby="clocks-title">
      <h2 id="clocks-title">{t('clocks.title')}</h2>
      <dl className="clock-pair">
        <div>
          <dt>{t('clocks.net')}</dt>
          <dd>{net ? <NetClock clock={net} tier={claim.tier} onOpen={() => { setOpened(net.clock); }} /> : <span className="quiet">{t('clocks.notYet')}</span>}</dd>
        </div>
        <div>
          <dt>{t('clocks.gross')}</dt>
          <dd><b className="clock-figure">{lengthWords(until - Date.parse(claim.reportedAt), language)}</b><span className="quiet">{t(claim.closedAt === null ? 'clocks.grossRunning' : 'clocks.grossEnded', { at: instantWords(claim.reportedAt, language) })}</span></dd>
        </div>
      </dl>
      {running.length > 0 && <ul className="clock-list">{running.map((clock) => <ClockLine key={clock.clock} clock={clock} onOpen={() => { setOpened(clock.clock); }} />)}</ul>}
      {stopped.length > 0 && (
        <details><summary>{t('clocks.stopped', { count: stopped.length })}</summary><ul className="clock-list">{stopped.map((clock) => <ClockLine key={clock.clock} clock={clock} onOpen={() => { setOpened(clock.clock); }} />)}</ul></details>
      )}
      {shown && <Ledger claim={claim} clock={shown} onClose={() => { setOpened(null); }} />}
    </section>
  );
}

function NetClock({ clock, tier, onOpen }: { clock: Clock; tier: string | null; onOpen: () => void }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const pausedBy = usePausedBy();
  const pause = clock.pauses.find((one) => one.until === null);
  const counted = clock.ledger.filter((day) => day.counted && Date.parse(`${day.day}T24:00:00+08:00`) <= (clock.stoppedAt === null ? Date.now() : Date.parse(clock.stoppedAt))).length;
  return (
    <>
      <b className="clock-figure">{t('clocks.days', { counted, all: clock.workingDays })}</b>
      <span>{clock.stoppedAt === null ? <Due dueAt={clock.dueAt} paused={clock.paused} provisional={clock.provisional} full /> : <Stopped clock={clock} />}</span>
      {pause && <span className="due-paused">{t('ledger.pauseOpen', { from: instantWords(pause.from, language), by: pausedBy(pause.by) })}</span>}
      <Button size="small" className="no-print" onClick={onOpen}>{t('clocks.why')}</Button>
      {tier !== null && <span className="quiet">{t('clocks.tier', { tier, all: clock.workingDays })}</span>}
    </>
  );
}

function ClockLine({ clock, onOpen }: { clock: Clock; onOpen: () => void }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const title = name('clocks', clock.name) + (clock.seat === null ? '' : t('list.bracket', { text: name('seats', clock.seat) }));
  return (
    <li>
      <span className="grow">{title}</span>
      {clock.stoppedAt === null ? <Due dueAt={clock.dueAt} paused={clock.paused} provisional={clock.provisional} full /> : <Stopped clock={clock} />}
      <Button size="small" className="no-print" onClick={onOpen} aria-label={t('clocks.whyOf', { clock: title })}>{t('clocks.why')}</Button>
    </li>
  );
}

function Stopped({ clock }: { clock: Clock }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  if (clock.stoppedAt === null) return null;
  const late = clock.dueAt !== null && clock.stoppedAt > clock.dueAt;
  return <span className={late ? 'due-late' : 'quiet'}>{t(late ? 'clocks.stoppedLate' : 'clocks.stoppedAt', { at: instantWords(clock.stoppedAt, language), due: clock.dueAt === null ? '' : dueWords(clock.dueAt, language) })}</span>;
}
