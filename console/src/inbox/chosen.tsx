import { useTranslation } from 'react-i18next';
import type { Role } from '../session/session';
import { unfit, type Unfit } from './fits';
import type { TaskLine } from './use-tasks';

interface Given {
  lines: readonly TaskLine[]; goneKeys: ReadonlySet<string>; me: { personId: string; role: Role }; mayReassign: boolean; rest: number;
  onAct: (act: 'claim-task' | 'release-task', lines: TaskLine[]) => void; onReassign: (lines: TaskLine[]) => void; onAll: () => void; onClear: () => void;
}

/** What can be done with the lines that are chosen: says before to how many each act applies, and why not to the others (UX 16). */
export function Chosen({ lines, goneKeys, me, mayReassign, rest, onAct, onReassign, onAll, onClear }: Given) {
  const { t } = useTranslation('inbox');
  const of = lines.length;
  const acts = (['claim-task', 'release-task'] as const).map((act) => {
    const why = lines.map((line) => unfit(act, line, goneKeys.has(line.taskId), me));
    return { act, fitting: lines.filter((_, at) => why[at] === null), why: countsOf(why) };
  });
  const offered = acts.filter(({ fitting }) => fitting.length > 0);
  // What applies to none is not offered, and needs words only when nothing else does.
  const explained = (offered.length > 0 ? offered : acts).filter(({ why }) => why.length > 0);
  const open = lines.filter((line) => line.closedAt === null && !goneKeys.has(line.taskId));
  return (
    <div className="chosen" role="region" aria-label={t('chosen', { count: of })}>
      <b>{t('chosen', { count: of })}</b>
      {rest > 0 && <button type="button" className="link-button" onClick={onAll}>{t('chooseAll', { count: of + rest })}</button>}
      {offered.map(({ act, fitting }) => (
        <button key={act} type="button" className="plain-button" onClick={() => { onAct(act, fitting); }}>
          {t(`act.${act}`)} <span className="quiet">{fitting.length === of ? of : t('apply', { fit: fitting.length, of })}</span>
        </button>
      ))}
      {mayReassign && open.length > 0 && <button type="button" className="plain-button" onClick={() => { onReassign(open); }}>{t('act.reassign-task')}…</button>}
      {explained.length > 0 && (
        <details className="why-not">
          <summary>{t('whyNot')}</summary>
          <ul>{explained.map(({ act, why }) => <li key={act}>{t(`act.${act}`)}: {why.map(([reason, count]) => t(`unfit.${reason}`, { count })).join(t('and'))}</li>)}</ul>
        </details>
      )}
      <button type="button" className="link-button" onClick={onClear}>{t('unchoose')}</button>
    </div>
  );
}

function countsOf(why: readonly Unfit[]): Array<[Exclude<Unfit, null>, number]> {
  const counts = new Map<Exclude<Unfit, null>, number>();
  for (const one of why) if (one !== null) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts];
}
