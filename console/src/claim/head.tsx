import { useState } from 'react';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { RequestFailed } from '../api/problem';
import { useSendAct } from '../queue/use-send-act';
import { useSession } from '../session/context';
import { Due } from '../words/due';
import { Failure } from '../words/failure';
import { instantWords } from '../words/time';
import { useLanguage, useWords } from '../words/use-words';
import type { ClaimView } from './acts/form';
import { useNames } from './names';
import type { People } from './page';

type Task = ClaimView['tasks'][number];

/** The head of a claim: which one it is, and in one sentence who holds it and until when. */
export function Head({ claim, people }: { claim: ClaimView; people: People }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const { clinical, assessment } = claim;
  const flags = [...new Set(assessment?.flags.map((one) => one.flag) ?? [])];
  return (
    <header className="claim-head">
      <p className="claim-which quiet">
        {[name('hospitals', claim.hospital), name('departments', claim.department), clinical && name('outcomeTypes', clinical.outcomeType)].filter(Boolean).join(' · ')}
      </p>
      <h1 tabIndex={-1}><span className="mono">{claim.claimNo}</span>{claim.patient && <> {claim.patient.name}</>}</h1>
      <div className="row claim-tags">
        {claim.breached && <span className="tag tag-late">{t('breach')}</span>}
        {claim.tier && <span className="tag">{claim.tier}</span>}
        {claim.round > 1 && <span className="tag">{t('round', { n: claim.round })}</span>}
        {claim.closedAs && <span className="tag">{name('closedAs', claim.closedAs)}</span>}
        {flags.map((flag) => <span key={flag} className="tag tag-soon">{name('flags', flag)}</span>)}
        {claim.stuck && <span className="tag tag-late">{t('stuck')}</span>}
      </div>
      <Holders claim={claim} people={people} />
    </header>
  );
}

/** Mine first, then those of my role, then what is due first. */
function inMyOrder(tasks: readonly Task[], personId: string, role: string): Task[] {
  const rank = (task: Task): number => (task.assignee === personId || task.standIn ? 0 : task.assignee === null && (task.roles as string[]).includes(role) ? 1 : 2);
  return tasks.toSorted((a, b) => rank(a) - rank(b) || (a.dueAt ?? '9').localeCompare(b.dueAt ?? '9'));
}

function Holders({ claim, people }: { claim: ClaimView; people: People }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const name = useNames();
  const words = useWords();
  const { person, role } = useSession();
  const [first, ...others] = inMyOrder(claim.tasks, person?.personId ?? '', role ?? '');
  if (!first) return <p className="claim-holder">{restWords()}</p>;
  return (
    <>
      <p className="claim-holder"><Holder task={first} people={people} /></p>
      <TaskTools claim={claim} task={first} />
      {others.length > 0 && <ul className="claim-others">{others.map((task) => <li key={task.taskId}><Holder task={task} people={people} /><TaskTools claim={claim} task={task} /></li>)}</ul>}
    </>
  );

  /** Nobody owes anything: it is closed, or a system is asked. */
  function restWords(): string {
    if (claim.closedAs) return t('holder.closed', { as: name('closedAs', claim.closedAs), at: claim.closedAt === null ? '' : instantWords(claim.closedAt, language) });
    if (claim.waitingFor.length > 0) return t('holder.system', { who: claim.waitingFor.map((who) => t(`system.${who}`, { defaultValue: name('roles', who) })).join(t('list.comma')) });
    return claim.plain ? words(claim.plain) : t('holder.nobody');
  }
}

function Holder({ task, people }: { task: Task; people: People }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const { person } = useSession();
  const roles = task.roles.map((role) => name('roles', role)).join(t('list.or'));
  const about = task.kind === 'decide-as-panel' && task.about !== null ? name('seats', task.about) : '';
  const what = name('tasks', task.kind) + (about && t('list.bracket', { text: about }));
  const who = task.assignee?.startsWith('system:') ? t('holder.system', { who: t(`system.${task.assignee.slice('system:'.length)}`) }) : task.assignee === null ? t('holder.unclaimed', { roles, what }) : task.assignee === person?.personId ? t('holder.mine', { what }) : t('holder.by', { name: people[task.assignee] ?? t('someone'), roles, what });
  return <>{who} {task.standIn && <><span className="tag tag-soon">{t('holder.standIn', { name: people[task.assignee ?? ''] ?? t('someone') })}</span>{' '}</>}<Due dueAt={task.dueAt} paused={task.paused} provisional={task.provisional} full /></>;
}

/** Taking and giving back are one tap; handing over asks to whom. */
function TaskTools({ claim, task }: { claim: ClaimView; task: Task }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const { person, role } = useSession();
  const { send, sending } = useSendAct();
  const [, setParams] = useSearchParams();
  const [refusal, setRefusal] = useState<RequestFailed | null>(null);
  const act = async (command: 'claim-task' | 'release-task'): Promise<void> => {
    const outcome = await send({ claimNo: claim.claimNo, command, body: { taskId: task.taskId } });
    setRefusal(outcome.kind === 'refused' ? new RequestFailed(outcome.status, outcome.problem) : null);
  };
  const may = (command: 'claim-task' | 'release-task' | 'reassign-task'): boolean => claim.allowed.includes(command);
  const what = `${name('tasks', task.kind)}${task.kind === 'decide-as-panel' && task.about !== null ? t('list.bracket', { text: name('seats', task.about) }) : ''}`;
  const take = may('claim-task') && task.assignee === null && role !== null && (task.roles as string[]).includes(role);
  const giveBack = may('release-task') && (task.assignee === person?.personId || task.standIn);
  const handOver = may('reassign-task') && task.handOver;
  if (!take && !giveBack && !handOver) return null;
  return (
    <span className="claim-task-tools no-print">
      {take && <Button size="small" type="primary" loading={sending} onClick={() => { void act('claim-task'); }}>{t('task.take')}</Button>}
      {giveBack && <Button size="small" loading={sending} onClick={() => { void act('release-task'); }}>{t('task.giveBack')}</Button>}
      {handOver && <Button size="small" aria-label={`${t('task.handOver')}${t('list.colon')}${what}`} onClick={() => { setParams((before) => { before.set('act', 'reassign-task'); before.set('about', task.taskId); return before; }); }}>{t('task.handOver')}</Button>}
      {refusal && <Failure error={refusal} />}
    </span>
  );
}
