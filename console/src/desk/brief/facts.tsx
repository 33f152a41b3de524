import { useTranslation } from 'react-i18next';
import type { ClaimView } from '../../claim/acts/form';
import type { ClaimEvent } from '../../claim/event-title';
import { useNames } from '../../claim/names';
import { yuan } from '../../words/money';
import { instantWords } from '../../words/time';
import { useLanguage } from '../../words/use-words';
import { PaperLinks } from '../judging/evidence';
import { lastNote } from './notes';

/** What stands in the file, in the few lines that a reviewer needs beside the papers. */
export function FactsBrief({ claim, events }: { claim: ClaimView; events: readonly ClaimEvent[] }) {
  const { t } = useTranslation('desk');
  const language = useLanguage();
  const name = useNames();
  const { clinical, assessment } = claim;
  if (!clinical) return null;
  const missing = clinical.checklist.filter((line) => line.need !== 'not-asked' && (line.status === 'missing' || line.status === 'gap'));
  const narrative = lastNote(events, 'facts-submitted', 'narrative');
  return (
    <section className="brief" aria-labelledby="facts-title">
      <h2 id="facts-title" className="desk-unseen">{t('facts.title')}</h2>
      <dl className="brief-list">
        <dt>{t('facts.outcome')}</dt><dd>{name('outcomeTypes', clinical.outcomeType)}</dd>
        <dt>{t('facts.surgery')}</dt><dd>{instantWords(clinical.surgeryAt, language)}</dd>
        <dt>{t('facts.event')}</dt><dd>{instantWords(clinical.occurredAt, language)}</dd>
        {clinical.facts && <><dt>{t('facts.asked')}</dt><dd>{clinical.facts.benefits.map((one) => <div key={one.benefit}>{name('benefits', one.benefit)} <b className="amount">{yuan(one.askedFen)}</b></div>)}</dd></>}
        <dt>{t('facts.file')}</dt><dd>{missing.length === 0 ? t('facts.complete') : missing.map((line) => `${name('documentKinds', line.kind)} (${t(`status.${line.status}`)})`).join(t('comma'))}</dd>
        {assessment && <><dt>{t('facts.eligibility')}</dt><dd><Eligibility claim={claim} /></dd></>}
      </dl>
      {narrative !== null && <details><summary>{t('facts.narrative')}</summary><p className="brief-words">{narrative}</p></details>}
      <Flags claim={claim} />
      <Investigations claim={claim} events={events} />
      <Returned claim={claim} events={events} />
    </section>
  );
}

function Eligibility({ claim: { assessment } }: { claim: ClaimView }) {
  const { t } = useTranslation('desk');
  const found = assessment?.eligibility;
  if (!found) return <>{t('eligibility.open')}</>;
  return <>{[t(found.insured ? 'eligibility.insured' : 'eligibility.notInsured'), t(found.departmentCovered ? 'eligibility.covered' : 'eligibility.notCovered'), found.limitLeftFen !== null && t('eligibility.left', { amount: yuan(found.limitLeftFen) }), ...found.doubts].filter((part) => part !== false).join(t('comma'))}</>;
}

/** What made somebody or a rule look twice, with the paper it is about. */
export function Flags({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('desk');
  const name = useNames();
  const flags = claim.assessment?.flags ?? [];
  if (flags.length === 0) return null;
  return (
    <div>
      <h3>{t('flags')}</h3>
      <ul className="flags">{flags.map((one) => <li key={`${one.flag} ${one.about ?? ''}`}><span className="tag tag-soon">{name('flags', one.flag)}</span>{one.about !== null && <PaperLinks claim={claim} documentIds={[one.about]} />}</li>)}</ul>
    </div>
  );
}

export function Investigations({ claim, events }: { claim: ClaimView; events: readonly ClaimEvent[] }) {
  const { t } = useTranslation('desk');
  const name = useNames();
  const last = claim.assessment?.investigations.at(-1);
  if (!last) return null;
  const note = lastNote(events, last.finding === null ? 'investigation-opened' : 'investigation-closed');
  return <div><h3>{t('investigation.title')}</h3><p>{last.finding === null ? t('investigation.open') : name('findings', last.finding)}</p>{note !== null && <p className="brief-words">{note}</p>}</div>;
}

/** Why it came back from approval, where that was the last word on it. */
function Returned({ claim, events }: { claim: ClaimView; events: readonly ClaimEvent[] }) {
  const { t } = useTranslation('desk');
  const language = useLanguage();
  const last = events.findLast(({ type }) => type === 'returned-to-review' || type === 'recommended');
  if (last?.type !== 'returned-to-review' || claim.stage !== 'review') return null;
  const note = lastNote(events, 'returned-to-review');
  const why = (last.data as { why?: string } | null)?.why;
  return <div className="brief-returned"><h3>{t(why === 'file-changed' ? 'returnedByFile' : 'returned', { name: last.by.name ?? t('somebody'), at: instantWords(last.at, language) })}</h3>{note !== null && <p className="brief-words">{note}</p>}</div>;
}
