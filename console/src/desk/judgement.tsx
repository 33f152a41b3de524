import { Suspense, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { focusOn, useFocusHeading } from '../app/focus';
import { Loading } from '../app/loading';
import { forms, isCommandName } from '../claim/act-dialog';
import { useActKeys } from '../claim/act-keys';
import type { ActFormProps, ClaimView, CommandName } from '../claim/acts/form';
import { Head } from '../claim/head';
import { JustChanged } from '../claim/just-changed';
import { useNames } from '../claim/names';
import { useAllEvents } from '../claim/use-claim';
import { useNextTask } from '../inbox/next-task';
import { useWords } from '../words/use-words';
import { Answers } from './brief/answers';
import { DecidedBrief } from './brief/decided';
import { DisputeBrief } from './brief/dispute';
import { FactsBrief } from './brief/facts';
import { RecommendedBrief } from './brief/recommended';
import { usePlace } from './place';

/** The acts of judging, in the order in which one thinks of them; which of them may be done is the server's word. */
const JUDGING: readonly CommandName[] = [
  'confirm-proposal', 'decline-proposal', 'accept-file', 'recommend', 'approve', 'reject', 'return-to-review', 'close-investigation', 'panel-decision', 'ask-supplement', 'open-investigation', 'waive-document', 'override-tier', 'reopen',
];
/** The first of these that is allowed is what one came for: its form stands open. */
const TASKS: readonly CommandName[] = ['confirm-proposal', 'accept-file', 'recommend', 'approve', 'reject', 'close-investigation', 'panel-decision', 'ask-supplement'];

/** The right of the desk: what must be known of the claim at this stage, and the acts on it, each with its form in place. */
export function Judgement({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('desk');
  const name = useNames();
  const place = usePlace();
  const nextTask = useNextTask();
  const top = useRef<HTMLDivElement>(null);
  const { events } = useAllEvents(claim.claimNo, true);
  const people = useMemo(() => ({ ...Object.fromEntries(events.flatMap(({ by }) => (by.name === null ? [] : [[by.personId, by.name]]))), ...claim.names }), [claim, events]);
  const acts = JUDGING.filter((act) => claim.allowed.includes(act));
  const open = isCommandName(place.act) ? place.act : acts.find((act) => TASKS.includes(act)) ?? null;
  const begin = (act: CommandName): void => {
    place.go({ act, about: null, side: 'judgement' });
    // The form that stands open anyway is there already.
    focusOn(top.current?.querySelector('.desk-form h2'));
  };
  useActKeys(acts.find((act) => TASKS.includes(act)) ?? null, acts, begin);
  const onDone = (): void => {
    place.go({ act: null, about: null });
    top.current?.focus();
    if (open !== null && acts.includes(open)) void nextTask.next(claim.claimNo, '/desk').catch(() => undefined);
  };
  return (
    <div ref={top} className="desk-judgement" tabIndex={-1} role="region" aria-label={t('judgement')}>
      <Head claim={claim} people={people} />
      <JustChanged claim={claim} />
      <p className="no-print"><Link to={`/claims/${claim.claimNo}`}>{t('whole')}</Link></p>
      {claim.stage !== 'dispute' && <DecidedBrief claim={claim} people={people} />}
      {claim.stage === 'dispute' ? <DisputeBrief claim={claim} events={events} />
        : claim.stage === 'approval' || claim.assessment?.proposals.some(({ command }) => command === 'recommend') ? <RecommendedBrief claim={claim} events={events} people={people} />
        : <FactsBrief claim={claim} events={events} />}
      <Answers claim={claim} />
      {acts.length > (open === null ? 0 : 1) && (
        <div className="desk-acts" role="group" aria-label={t('acts')}>
          {acts.map((act) => <button key={act} type="button" aria-pressed={act === open} onClick={() => { begin(act); }}>{name('commands', act)}</button>)}
        </div>
      )}
      {open !== null && <ActForm key={`${open} ${place.about ?? ''}`} command={open} asked={place.act !== null} claim={claim} {...(place.about === null ? {} : { about: place.about })} onDone={onDone} />}
      <NotNow claim={claim} />
      {acts.length > 0 && <label className="desk-next"><input type="checkbox" checked={nextTask.on} onChange={(event) => { nextTask.setOn(event.target.checked); }} /> {t('next')}</label>}
    </div>
  );
}

/** The form of an act; one that was asked for, not opened by itself, is where the reader goes on. */
function ActForm({ command, asked, ...props }: ActFormProps & { command: CommandName; asked: boolean }) {
  const Form = forms.get(command);
  const box = useRef<HTMLElement>(null);
  useFocusHeading(box, asked);
  return <section ref={box} className="card desk-form"><Suspense fallback={<Loading />}>{Form && <Form {...props} />}</Suspense></section>;
}

/** Acts of judging that are not possible now, each with why. */
function NotNow({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('desk');
  const words = useWords();
  const name = useNames();
  const why = claim.notNow.filter(({ command }) => JUDGING.includes(command));
  if (why.length === 0) return null;
  return <details className="not-now"><summary>{t('notNow')}</summary><ul>{why.map((one) => <li key={one.command}><b>{name('commands', one.command)}</b>: {words(one.text)}</li>)}</ul></details>;
}
