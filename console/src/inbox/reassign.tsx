import { useQueries } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import type { components } from '../api/schema';
import { useTitles } from '../lists/use-titles';
import { Failure } from '../words/failure';
import type { TaskLine } from './use-tasks';

type Receiver = components['schemas']['Receiver'];

/** Whom to give tasks to: for each person the server says which of the tasks they may get; those who may get most come first, then the least loaded. */
export function Reassign({ lines, onGive, onClose }: { lines: readonly TaskLine[]; onGive: (to: string, lines: TaskLine[]) => void; onClose: () => void }) {
  const { t } = useTranslation('inbox');
  const api = useApi();
  const titles = useTitles();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [to, setTo] = useState<string | null>(null);
  useEffect(() => { dialog.current?.showModal(); }, []);
  const answers = useQueries({ queries: lines.map(({ taskId }) => ({ queryKey: ['people', taskId], queryFn: async () => bodyOf(await api.GET('/v1/people', { params: { query: { task: taskId } } })) })) });
  const reading = answers.some(({ isPending }) => isPending);
  const failed = answers.find(({ error }) => error !== null);
  const people = new Map<string, { person: Receiver; lines: TaskLine[] }>();
  answers.forEach(({ data }, at) => {
    for (const person of data?.items ?? []) people.set(person.personId, { person, lines: [...people.get(person.personId)?.lines ?? [], lines[at]!] });
  });
  const listed = [...people.values()].sort((a, b) => b.lines.length - a.lines.length || a.person.openTasks - b.person.openTasks);
  const chosen = to === null ? undefined : people.get(to);
  return (
    <dialog ref={dialog} className="card small-dialog" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>{t('reassign.title', { count: lines.length })}</h2>
      <p className="quiet">{lines.length === 1 ? `${lines[0]!.claimNo} · ${titles.task(lines[0]!.kind)}` : lines.map(({ claimNo }) => claimNo).join(', ')}</p>
      {reading && <p role="status" className="quiet">{t('reassign.reading')}</p>}
      {failed && <Failure error={failed.error} onRetry={() => { for (const answer of answers) if (answer.error !== null) void answer.refetch(); }} />}
      {!reading && listed.length === 0 && !failed && <p>{t('reassign.nobody')}</p>}
      <fieldset className="people">
        <legend className="visually-hidden">{t('reassign.to')}</legend>
        {listed.map(({ person, lines: fitting }) => (
          <label key={person.personId} className="person-choice">
            <input type="radio" name="to" value={person.personId} checked={to === person.personId} onChange={() => { setTo(person.personId); }} />
            <span className="grow"><b>{person.name ?? person.personId}</b> <span className="quiet">{person.roles.map(titles.role).join(', ')}</span></span>
            <span className="quiet">{t('reassign.load', { count: person.openTasks })}{fitting.length < lines.length && ` · ${t('apply', { fit: fitting.length, of: lines.length })}`}</span>
          </label>
        ))}
      </fieldset>
      <div className="row">
        <button type="button" className="plain-button main-button" disabled={!chosen || reading} onClick={() => { if (chosen) onGive(chosen.person.personId, chosen.lines); }}>{t('act.reassign-task')}{chosen && lines.length > 1 ? ` (${chosen.lines.length})` : ''}</button>
        <button type="button" className="plain-button" onClick={() => { dialog.current?.close(); }}>{t('cancel')}</button>
      </div>
    </dialog>
  );
}
