import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTell } from '../app/tell';
import { useTranslation } from 'react-i18next';
import { useQueue } from '../queue/context';
import type { Outcome } from '../queue/queue';
import type { HandAct } from './fits';
import type { TaskLine } from './use-tasks';

export interface Handed { line: TaskLine; outcome: Outcome | null }
/** One act on several tasks: each has its own result; `to` is whom they are given to. */
export interface Round { act: HandAct; to?: string; items: readonly Handed[]; running: boolean }

const AT_ONCE = 4;

/** Takes, gives back or hands over tasks, one act for each; nothing that failed is dropped (UX 16, 17). */
export function useHandOver() {
  const queue = useQueue();
  const queries = useQueryClient();
  const tell = useTell();
  const { t } = useTranslation('inbox');
  const [round, setRound] = useState<Round | null>(null);
  const stopped = useRef(false);

  async function start(act: HandAct, lines: readonly TaskLine[], to?: string): Promise<void> {
    if (lines.length === 0) return;
    stopped.current = false;
    const items: Handed[] = lines.map((line) => ({ line, outcome: null }));
    const show = (running: boolean): void => { setRound({ act, items: [...items], running, ...(to === undefined ? {} : { to }) }); };
    show(true);
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < items.length && !stopped.current) {
        const at = next++;
        const { line } = items[at]!;
        const body = to === undefined ? { taskId: line.taskId } : { taskId: line.taskId, to };
        // Without a place to write it down, it was not tried.
        const outcome = await queue.send({ claimNo: line.claimNo, command: act, body }).catch(() => null);
        items[at] = { line, outcome };
        show(true);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    void queries.invalidateQueries({ queryKey: ['views'] });
    const smooth = items.every(({ outcome }) => outcome?.kind === 'done');
    if (smooth) {
      setRound(null);
      void tell.success(t(`handed.${act}`, { count: items.length }));
    } else {
      show(false);
    }
  }
  return {
    round, start,
    stop: () => { stopped.current = true; },
    /** What was refused has been read here: it need not wait among the unsent. */
    close() {
      for (const { outcome } of round?.items ?? []) if (outcome?.kind === 'refused') void queue.forget(outcome.id);
      setRound(null);
    },
  };
}
