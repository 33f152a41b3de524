import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { components } from '../../api/schema';
import type { ClaimView, CommandName } from '../../claim/acts/form';
import { useNames } from '../../claim/names';
import { useWords } from '../../words/use-words';
import { PaperLinks } from '../judging/evidence';
import { usePlace } from '../place';

type Item = components['schemas']['SupplementItem'];

/** Items of requests that nobody has judged yet. */
export const openItems = ({ clinical }: ClaimView): Item[] => clinical?.supplements.flatMap(({ items }) => items).filter((item) => item.verdict === null) ?? [];

const ON_ANSWERS: readonly CommandName[] = ['accept-answer', 'reject-answer', 'waive-item'];

/** What came of the requests and waits to be judged, each with the papers it was answered with. */
export function Answers({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('desk');
  const name = useNames();
  const words = useWords();
  const { go } = usePlace();
  const acts = ON_ANSWERS.filter((act) => claim.allowed.includes(act));
  const items = openItems(claim);
  if (acts.length === 0 || items.length === 0) return null;
  return (
    <section className="brief" aria-labelledby="answers-title">
      <h2 id="answers-title">{t('answers.title', { count: items.length })}</h2>
      <ul className="answers">
        {items.map((item) => {
          const title = item.document === null ? name('facts', item.fact) : name('documentKinds', item.document);
          const fitting = acts.filter((act) => act === 'waive-item' || item.answer !== null);
          return (
            <li key={item.itemId}>
              <p><b>{title}</b> · {item.answer === null ? t('item.unanswered') : name('answers', item.answer.kind)}{item.why !== null && <span className="quiet"> · {words(item.why)}</span>}</p>
              {item.answer !== null && item.answer.kind !== 'cannot-provide' && <PaperLinks claim={claim} documentIds={item.answer.kind === 'upload' ? item.answer.documentIds : [item.answer.documentId]} />}
              <div className="row">{fitting.map((act) => <Button key={act} size="small" aria-label={`${name('commands', act)}: ${title}`} onClick={() => { go({ act, about: item.itemId }); }}>{name('commands', act)}</Button>)}</div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
