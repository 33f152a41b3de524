import { Button } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../app/loading';
import { Failure } from '../words/failure';
import { dayOf, dayWords, instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import { useEventDetail, useEventTitle, type ClaimEvent } from './event-title';
import { useNames } from './names';
import type { People } from './page';
import type { useStory } from './use-claim';

/** Said differs from received only where the act waited on its way. */
const ON_ITS_WAY_MS = 60_000;
/** What an act brings about by rule, told after what the person did. */
const FOLLOWS = new Set(['stage-left', 'rung-climbed', 'task-opened', 'task-closed', 'task-assigned', 'clock-paused', 'clock-resumed']);
/** Bookkeeping that says nothing to a reader of the story; it stands in the raw record. */
const UNTOLD = new Set(['task-closed', 'clock-resumed', 'calendar-published']);

/** What happened, latest first, by day: who did what when; the raw record with its hash behind each act. What is older is read when asked for. */
export function Story({ story: { events, more, reading, error, older, whole, retry }, people }: { story: ReturnType<typeof useStory>; people: People }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const [asked, setAsked] = useState(false);
  const days = useMemo(() => byDay(byAct(events, more).toReversed()), [events, more]);
  return (
    <section className="card" aria-labelledby="story-title">
      <h2 id="story-title">{t('story.title')}</h2>
      {error !== null && <Failure error={error} onRetry={retry} />}
      {days.map(([day, acts]) => (
        <section key={day} aria-label={dayWords(day, language)}>
          <h3 className="story-day">{dayWords(day, language)}</h3>
          <ol className="story">{acts.map((act) => <Act key={act[0]!.version} act={act} people={people} />)}</ol>
        </section>
      ))}
      {reading && events.length === 0 && error === null && <Loading />}
      {more && (
        <>
          <p className="story-cut">{t('story.cut')}</p>
          <div className="row no-print"><Button loading={reading} onClick={() => { setAsked(true); older(); }}>{t('story.older')}</Button><Button type="text" disabled={reading} onClick={() => { setAsked(true); whole(); }}>{t('story.whole')}</Button></div>
        </>
      )}
      {asked && !more && <Beginning />}
    </section>
  );
}

/** Takes the focus from the buttons that have gone. */
function Beginning() {
  const { t } = useTranslation('claim');
  const here = useRef<HTMLParagraphElement>(null);
  useEffect(() => { if (document.activeElement === document.body) here.current?.focus({ preventScroll: true }); }, []);
  return <p ref={here} tabIndex={-1} className="quiet no-print">{t('story.beginning')}</p>;
}

function Act({ act, people }: { act: ClaimEvent[]; people: People }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const name = useNames();
  const titleOf = useEventTitle();
  const detailOf = useEventDetail(people);
  const first = act[0]!;
  const isPerson = first.by.role !== 'system';
  const who = isPerson ? (first.by.name === null ? name('roles', first.by.role) : `${first.by.name}${t('list.bracket', { text: name('roles', first.by.role) })}`) : t(`system.${first.by.personId.replace(/^system:/, '')}`, { defaultValue: t('story.system') });
  const told = act.filter((event) => !UNTOLD.has(event.type));
  const main = told.filter((event) => !FOLLOWS.has(event.type));
  const follows = told.filter((event) => FOLLOWS.has(event.type));
  const sentence = main[0] ?? told[0] ?? first;
  const command = name('commands', first.command);
  const late = first.saidAt !== null && Date.parse(first.at) - Date.parse(first.saidAt) > ON_ITS_WAY_MS;
  const said = (list: readonly ClaimEvent[]): string[] => [...new Set(list.map(titleOf))].map((title) => {
    const same = list.filter((event) => titleOf(event) === title);
    const details = same.map(detailOf).filter((one) => one !== '');
    return `${title}${details.length > 0 ? `${t('list.colon')}${details.join(t('list.comma'))}` : same.length > 1 ? ` ×${same.length}` : ''}`;
  });
  // Several of one kind are told in one breath: the documents of one upload.
  const alike = main.filter((event) => event.type === sentence.type);
  const detail = counted((alike.length > 0 ? alike : [sentence]).map(detailOf).filter((one) => one !== '')).join(t('list.comma'));
  const lines = said(main.filter((event) => event.type !== sentence.type));
  return (
    <li className={isPerson ? '' : 'story-system'}>
      <time dateTime={first.at} title={instantWords(first.at, language)}>{hourOf(first.at)}</time>
      <div className="grow">
        <p><b>{who}</b>{first.by.onBehalfOf && <> {t('story.onBehalfOf', { name: first.by.onBehalfOf.name ?? t('someone') })}</>}{isPerson ? ' ' : t('list.colon')}{isPerson && command !== first.command && sentence.type !== 'act-proposed' ? command : titleOf(sentence)}{detail !== '' && <span> · {detail}</span>}</p>
        {late && <p className="quiet">{t('story.said', { said: instantWords(first.saidAt!, language), received: instantWords(first.at, language) })}</p>}
        {act.flatMap((event) => textsOf(event)).map((text, n) => <p key={n} className="quoted">{text}</p>)}
        {lines.length > 0 && <ul>{lines.map((line) => <li key={line}>{line}</li>)}</ul>}
        {main.length > 0 && follows.length > 0 && <p className="quiet">{said(follows).join(t('list.semicolon'))}</p>}
      </div>
      <details className="raw no-print"><summary>{t('story.raw')}</summary><pre tabIndex={0}>{JSON.stringify(act, null, 2)}</pre></details>
    </li>
  );
}

/** What is said several times is said once, with how often. */
const counted = (said: readonly string[]): string[] => [...new Set(said)].map((one) => { const times = said.filter((other) => other === one).length; return times > 1 ? `${one} ×${times}` : one; });

/** Each document is inspected by an act of its own: what was found in all of them is one thing to tell. */
const isSameFlag = (act: readonly ClaimEvent[], event: ClaimEvent): boolean => event.type === 'flag-raised' && act.every(({ type, by, data }) => type === event.type && by.personId === event.by.personId && data?.['flag'] === event.data?.['flag']);

/** The events of one act stand together, as they were recorded together. Where there are `more`, the oldest act may lack its beginning: it waits for it. */
function byAct(events: readonly ClaimEvent[], more: boolean): ClaimEvent[][] {
  const acts: ClaimEvent[][] = [];
  for (const event of events) {
    const last = acts.at(-1);
    if (last && (last[0]!.actId === event.actId || isSameFlag(last, event))) last.push(event);
    else acts.push([event]);
  }
  return (more && acts.length > 1 ? acts.slice(1) : acts).filter((act) => act.some((event) => !UNTOLD.has(event.type)));
}

function byDay(acts: ClaimEvent[][]): Array<[string, ClaimEvent[][]]> {
  const days = new Map<string, ClaimEvent[][]>();
  for (const act of acts) {
    const day = dayOf(act[0]!.at);
    days.set(day, [...(days.get(day) ?? []), act]);
  }
  return [...days];
}

/** What people wrote: notes, reasons, the account of the event. */
const textsOf = (event: ClaimEvent): string[] => ['note', 'narrative'].flatMap((key) => (typeof event.personal?.[key] === 'string' ? [event.personal[key]] : []));
const hourOf = (iso: string): string => new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Shanghai' });
