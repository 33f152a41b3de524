import { useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useTitles } from '../lists/use-titles';
import { useWords } from '../words/use-words';
import type { Handed, Round } from './use-hand-over';
import type { TaskLine } from './use-tasks';

/** How an act on several tasks goes, and what became of each: what did not work stands first, with why. */
export function RoundDialog({ round, onStop, onAgain, onClose }: { round: Round; onStop: () => void; onAgain: (lines: TaskLine[]) => void; onClose: () => void }) {
  const { t } = useTranslation('inbox');
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => { dialog.current?.showModal(); }, []);
  const count = (kind: string): number => round.items.filter(({ outcome }) => outcome?.kind === kind).length;
  const settled = round.items.filter(({ outcome }) => outcome !== null).length;
  const failed = round.items.filter(({ outcome }) => outcome === null || outcome.kind === 'refused');
  return (
    <dialog ref={dialog} className="card round" aria-labelledby={title} onCancel={(event) => { if (round.running) event.preventDefault(); }} onClose={onClose}>
      <h2 id={title}>{t(`round.${round.act}`)}</h2>
      <p role="status">{round.running ? t('round.running', { settled, of: round.items.length }) : t('round.over', { done: count('done'), of: round.items.length })}</p>
      {round.running && <progress max={round.items.length} value={settled} aria-label={t('round.running', { settled, of: round.items.length })} />}
      {!round.running && <ul className="round-items">{round.items.toSorted(byTrouble).map((item) => <Item key={item.line.taskId} {...item} />)}</ul>}
      <div className="row">
        {round.running
          ? <button type="button" className="plain-button" onClick={onStop}>{t('round.stop')}</button>
          : <>
            {failed.length > 0 && <button type="button" className="plain-button main-button" onClick={() => { onAgain(failed.map(({ line }) => line)); }}>{t('round.again', { count: failed.length })}</button>}
            <button type="button" className="plain-button" onClick={() => { dialog.current?.close(); }}>{t('close')}</button>
          </>}
      </div>
    </dialog>
  );
}

const TROUBLE = ['refused', 'none', 'waiting', 'kept', 'done'];
const byTrouble = (a: Handed, b: Handed): number => TROUBLE.indexOf(a.outcome?.kind ?? 'none') - TROUBLE.indexOf(b.outcome?.kind ?? 'none');

function Item({ line, outcome }: Handed) {
  const { t } = useTranslation('inbox');
  const titles = useTitles();
  const words = useWords();
  const said = outcome === null ? t('round.notTried') : outcome.kind === 'refused' ? (outcome.problem ? words(outcome.problem.text) : t('round.failed')) : t(`round.${outcome.kind}`);
  return <li data-refused={outcome?.kind === 'refused'}><Link to={`/claims/${line.claimNo}`}>{line.claimNo}</Link> {titles.task(line.kind)}: {said}</li>;
}
