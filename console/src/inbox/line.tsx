import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Titles } from '../lists/use-titles';
import { Due } from '../words/due';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import { unfit, type HandAct } from './fits';
import type { Role } from '../session/session';
import type { TaskLine } from './use-tasks';

interface Given {
  line: TaskLine; gone: boolean; selected: boolean; titles: Titles; me: { personId: string; role: Role }; mayReassign: boolean;
  onSelect: (key: string, range: boolean) => void; onAct: (act: HandAct, line: TaskLine) => void;
}

/** The cells of a task: until when, which claim, what to do, whose it is, and what can be done with it here. */
export const TaskCells = memo(function TaskCells({ line, gone, selected, titles, me, mayReassign, onSelect, onAct }: Given) {
  const { t } = useTranslation(['inbox', 'lists']);
  const language = useLanguage();
  const { claimNo, taskId } = line;
  const act = unfit('claim-task', line, gone, me) === null ? 'claim-task' : unfit('release-task', line, gone, me) === null ? 'release-task' : null;
  const holder = line.assignee === me.personId ? t('me') : line.assignee === null ? (line.closedAt === null ? t('nobody', { roles: line.roles.map(titles.role).join(', ') }) : '') : line.assigneeName ?? t('somebody');
  return (
    <>
      <span role="cell" className="c-select"><label className="tick"><input type="checkbox" checked={selected} onChange={() => undefined} onClick={(event) => { onSelect(taskId, event.shiftKey); }} aria-label={t('lists:select', { claimNo })} /></label></span>
      <span role="cell" className="c-due">
        {line.closedAt === null ? <Due dueAt={line.dueAt} paused={line.paused} provisional={line.provisional} full /> : <span className="quiet">{t('finished', { at: instantWords(line.closedAt, language) })}</span>}
      </span>
      <span role="cell" className="c-no"><Link to={`/claims/${claimNo}`} data-open>{claimNo}</Link></span>
      <span role="cell" className="c-kind">{gone && <span className="tag tag-first">{t('gone')}</span>}{titles.task(line.kind)}
        {line.standIn && <span className="tag tag-soon">{t('standIn', { name: line.assigneeName ?? t('somebody') })}</span>}
        {line.returned && <span className="tag tag-soon">{t('returned')}</span>}
        {line.flags !== null && line.flags.length > 0 && <span className="tag tag-soon" title={`${t('flagged')}: ${line.flags.map(titles.flag).join(t('and'))}`}>{line.flags.map(titles.flag).join(t('and'))}</span>}
        {line.breached && (line.closedAt !== null || line.paused) && <span className="tag">{t('wasLate')}</span>}
      </span>
      <span role="cell" className="c-stage">{titles.stage(line.stage)}{line.tier !== null && <span className="tag">{line.tier}</span>}</span>
      <span role="cell" className="c-patient">{line.patientName ?? ''}{line.outcomeType !== null && <span className="quiet outcome"> {titles.outcome(line.outcomeType)}</span>}</span>
      <span role="cell" className="c-place">{titles.department(line.department)} · {titles.hospital(line.hospital)}</span>
      <span role="cell" className="c-holder" data-free={line.assignee === null}>{holder}</span>
      <span role="cell" className="c-act">
        {mayReassign && !gone && line.closedAt === null && <button type="button" className="line-button" onClick={() => { onAct('reassign-task', line); }} aria-label={`${t('act.reassign-task')} ${claimNo}`}>{t('act.reassign-task')}</button>}
        {act !== null && <button type="button" className="line-button" data-main={act === 'claim-task'} onClick={() => { onAct(act, line); }} aria-label={`${t(`act.${act}`)} ${claimNo}`}>{t(`act.${act}`)}</button>}
      </span>
    </>
  );
});
