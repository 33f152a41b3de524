import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useKeys } from '../app/keys';
import { Loading } from '../app/loading';
import { AsOf } from '../lists/as-of';
import { useCalm, type Shown } from '../lists/calm';
import { News } from '../lists/news';
import { Rows } from '../lists/rows';
import { useHeld } from '../lists/use-held';
import { useSelection } from '../lists/use-selection';
import type { Titles } from '../lists/use-titles';
import { useSession } from '../session/context';
import { Failure } from '../words/failure';
import { Chosen } from './chosen';
import { unfit, type HandAct } from './fits';
import { TaskCells } from './line';
import { Reassign } from './reassign';
import { RoundDialog } from './round';
import { useHandOver } from './use-hand-over';
import type { TaskLine, useTasks } from './use-tasks';

const keyOf = ({ taskId }: TaskLine): string => taskId;
const marked = (line: TaskLine): { late: boolean } => ({ late: line.closedAt === null && line.breached });

interface Given { list: string; tasks: ReturnType<typeof useTasks>; titles: Titles; narrowed: boolean; onClear: () => void; onSearchClear: () => void }

/** The tasks themselves, and what is done with one or several of them. */
export function TaskList({ list, tasks, titles, narrowed, onClear, onSearchClear }: Given) {
  const { t } = useTranslation(['inbox', 'lists']);
  const navigate = useNavigate();
  const { person, role } = useSession();
  const box = useRef<HTMLDivElement>(null);
  const active = useRef<string | null>(null);
  const [giving, setGiving] = useState<readonly TaskLine[] | null>(null);
  const [choosing, setChoosing] = useState(false);
  const handOver = useHandOver();
  const { query, lines, total, asOf } = tasks;
  const selection = useSelection(useMemo(() => lines.map(keyOf), [lines]));
  const held = useHeld(box);
  const { shown, added, moved, show } = useCalm(lines, keyOf, held || selection.selected.size > 0 || giving !== null || handOver.round !== null);

  const me = useMemo(() => ({ personId: person?.personId ?? '', role: role ?? 'patient' }), [person, role]);
  const mayReassign = titles.mayDo('reassign-task', role);
  const act = (what: HandAct, line: TaskLine): void => {
    if (what === 'reassign-task') setGiving([line]);
    else void handOver.start(what, [line]);
  };
  const latest = useRef({ act, selection });
  latest.current = { act, selection };
  const onAct = useCallback((what: HandAct, line: TaskLine) => { latest.current.act(what, line); }, []);
  const onSelect = useCallback((key: string, range: boolean) => { latest.current.selection.toggle(key, range); }, []);
  const onMore = useCallback(() => { if (!query.isFetching) void query.fetchNextPage(); }, [query]);

  const chosen = useMemo(() => (selection.selected.size === 0 ? [] : shown.filter(({ line }) => selection.selected.has(line.taskId)).map(({ line }) => line)), [shown, selection.selected]);
  const gone = useMemo(() => new Set(shown.filter((one) => one.gone).map(({ line }) => line.taskId)), [shown]);
  /** What an act means now: what is chosen, else the line somebody is at. */
  const meant = (): readonly TaskLine[] => (chosen.length > 0 ? chosen : shown.filter(({ line }) => line.taskId === active.current).map(({ line }) => line));
  const overHere = (what: 'claim-task' | 'release-task') => (): void => {
    void handOver.start(what, meant().filter((line) => unfit(what, line, gone.has(line.taskId), me) === null)).then(selection.clear);
  };
  const reassign = (): void => {
    const giveable = meant().filter((line) => !gone.has(line.taskId));
    if (giveable.length > 0) setGiving(giveable);
  };
  useKeys([
    { key: 'Enter', does: t('lists:keys.open'), run: () => { const at = shown.find(({ line }) => line.taskId === active.current); if (at) void navigate(`/claims/${at.line.claimNo}`); } },
    { key: 'x', does: t('keys.select'), run: () => { if (active.current !== null) selection.toggle(active.current); } },
    { key: 'c', does: t('keys.claim'), run: overHere('claim-task') },
    { key: 'r', does: t('keys.release'), run: overHere('release-task') },
    ...(mayReassign ? [{ key: 'a', does: t('keys.reassign'), run: reassign }] : []),
    { key: 'Escape', does: t('lists:keys.clear'), run: () => { if (selection.selected.size > 0) selection.clear(); else onSearchClear(); } },
  ]);

  /** Reads the pages that are not here yet, so that all of the list can be chosen, as it is then. */
  async function chooseAll(): Promise<void> {
    setChoosing(true);
    let pages = query.data?.pages;
    while (typeof pages?.at(-1)?.nextCursor === 'string') pages = (await query.fetchNextPage()).data?.pages;
    selection.only(pages?.flatMap(({ items }) => items.map(keyOf)) ?? []);
    setChoosing(false);
  }

  const all = selection.selected.size > 0 && selection.selected.size === lines.length;
  const cells = ({ line, gone: isGone }: Shown<TaskLine>) => <TaskCells line={line} gone={isGone} selected={selection.selected.has(line.taskId)} titles={titles} me={me} mayReassign={mayReassign} onSelect={onSelect} onAct={onAct} />;
  return (
    <>
      <div className="list-says">
        {chosen.length > 0
          ? <Chosen lines={chosen} goneKeys={gone} me={me} mayReassign={mayReassign} rest={choosing ? 0 : total - lines.length} onAct={(what, fitting) => { void handOver.start(what, fitting).then(selection.clear); }}
            onReassign={setGiving} onAll={() => { void chooseAll(); }} onClear={selection.clear} />
          : asOf !== null && <AsOf asOf={asOf} count={t('total', { count: total })} />}
        <News added={added} moved={moved} onShow={() => { show(); window.scrollTo({ top: 0 }); }} />
      </div>
      {query.error !== null && <Failure error={query.error} onRetry={() => { void query.refetch(); }} />}
      <div ref={box} data-reassign={mayReassign}>
        {query.isPending ? query.error === null && <Loading /> : shown.length === 0
          ? query.error === null && <div className="empty"><p>{t(narrowed ? 'empty.narrowed' : 'empty.nothing')}</p>{narrowed && <button type="button" className="plain-button" onClick={onClear}>{t('empty.showAll')}</button>}</div>
          : <Rows list={list} label={t('title')} lines={shown} keyOf={keyOf} cells={cells} marked={marked} selected={selection.selected} total={total} more={query.hasNextPage} onMore={onMore} active={active}
            head={<>
              <span role="columnheader" className="c-select"><label className="tick"><input type="checkbox" checked={all} onChange={() => { if (all) selection.clear(); else selection.all(); }} aria-label={t('lists:selectAll')} /></label></span>
              {(['due', 'no', 'kind', 'stage', 'patient', 'place', 'holder', 'act'] as const).map((one) => <span key={one} role="columnheader" className={`c-${one}`}>{t(`column.${one}`)}</span>)}
            </>} />}
        {query.isFetchingNextPage && <p className="quiet list-more" role="status">{t('lists:more')}</p>}
      </div>
      {giving !== null && <Reassign lines={giving} onClose={() => { setGiving(null); }} onGive={(to, fitting) => { setGiving(null); void handOver.start('reassign-task', fitting, to).then(selection.clear); }} />}
      {handOver.round !== null && (handOver.round.items.length > 1 || !handOver.round.running) && (
        <RoundDialog round={handOver.round} onStop={handOver.stop} onClose={handOver.close} onAgain={(again) => { void handOver.start(handOver.round!.act, again, handOver.round!.to); }} />
      )}
    </>
  );
}
