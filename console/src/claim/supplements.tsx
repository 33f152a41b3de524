import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { components } from '../api/schema';
import { instantWords } from '../words/time';
import { useLanguage, useWords } from '../words/use-words';
import type { ClaimView, CommandName } from './acts/form';
import { useNames } from './names';
import type { People } from './page';

type Request = components['schemas']['Supplement'];
type Item = components['schemas']['SupplementItem'];

/** What was asked for afterwards: each item with why, from whom, its answer and what became of it (SPEC §1.7). */
export function Supplements({ claim, file, people }: { claim: ClaimView; file: components['schemas']['Clinical']; people: People }) {
  const { t } = useTranslation('claim');
  if (file.supplements.length === 0) return null;
  return (
    <section className="card" aria-labelledby="supplements-title">
      <h2 id="supplements-title">{t('supplements.title')}</h2>
      {file.supplements.toReversed().map((request) => <OneRequest key={request.requestNo} request={request} claim={claim} file={file} people={people} />)}
    </section>
  );
}

function OneRequest({ request, claim, file, people }: { request: Request; claim: ClaimView; file: components['schemas']['Clinical']; people: People }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  return (
    <details open={request.endedAt === null}>
      <summary>
        {t('supplements.request', { n: request.requestNo, name: people[request.askedBy] ?? t('someone'), at: instantWords(request.askedAt, language) })}
        <span className="quiet"> · {request.endedAt !== null ? t('supplements.ended', { at: instantWords(request.endedAt, language) }) : request.deliveredAt === null ? t('supplements.onItsWay') : t(request.pauses ? 'supplements.pausing' : 'supplements.notPausing')}</span>
      </summary>
      <ul className="checklist">{request.items.map((item) => <ItemRow key={item.itemId} item={item} open={request.endedAt === null} claim={claim} file={file} />)}</ul>
    </details>
  );
}

const JUDGING: readonly CommandName[] = ['accept-answer', 'reject-answer', 'waive-item'];

function ItemRow({ item, open, claim, file }: { item: Item; open: boolean; claim: ClaimView; file: components['schemas']['Clinical'] }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const words = useWords();
  const [, setParams] = useSearchParams();
  const what = item.document === null ? name('facts', item.fact) : name('documentKinds', item.document);
  const state = item.verdict !== null ? name('verdicts', item.verdict) : item.answer !== null ? name('answers', item.answer.kind) : t('supplements.open');
  const given = item.answer?.kind === 'upload' ? item.answer.documentIds : item.answer?.kind === 'already-given' ? [item.answer.documentId] : [];
  const acts: readonly CommandName[] = item.verdict !== null ? [] : [...(item.answer === null && open ? ['answer-supplement'] as const : []), ...JUDGING.filter((one) => one === 'waive-item' || item.answer !== null)];
  return (
    <li className="check">
      <span className={`check-mark mark-${item.verdict === 'accepted' ? 'present' : item.verdict !== null ? 'waived' : item.answer === null ? 'missing' : 'gap'}`}>{state}</span>
      <p className="check-kind">{what}<small className="quiet">{t(item.from === 'hospital' ? 'check.fromHospital' : 'check.fromClaimant')}</small></p>
      <div className="grow">
        {item.why !== null && <p className="quoted">{words(item.why)}</p>}
        {given.length > 0 && <p className="quiet">{given.map((id) => file.documents.find((one) => one.documentId === id)?.fileName ?? id).join(t('list.comma'))}</p>}
      </div>
      <span className="row no-print">{acts.filter((one) => claim.allowed.includes(one)).map((one) => <Button key={one} size="small" onClick={() => { setParams({ act: one, about: item.itemId }); }}>{t(`supplements.act.${one}`)}</Button>)}</span>
    </li>
  );
}
