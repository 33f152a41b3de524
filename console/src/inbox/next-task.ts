import { useState } from 'react';
import { useNavigate } from 'react-router';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';

const KEPT = 'kuaipei.next-task';

/**
 * After an act: opens the next task that the person holds, soonest due first, if they asked for that on this device (UX 9).
 * `next(claimNo, folder)` leaves the claim that was just worked on out; with `folder` it opens that screen of the claim (`'/desk'`).
 * Resolves to false, going nowhere, when it is switched off or nothing is left.
 */
export function useNextTask(): { on: boolean; setOn: (on: boolean) => void; next: (claimNo: string, folder?: '' | '/desk') => Promise<boolean> } {
  const api = useApi();
  const navigate = useNavigate();
  const [on, setOn] = useState(() => localStorage.getItem(KEPT) === 'on');
  return {
    on,
    setOn(next) {
      localStorage.setItem(KEPT, next ? 'on' : 'off');
      setOn(next);
    },
    async next(claimNo, folder = '') {
      if (!on) return false;
      // One claim may owe several tasks; paused ones stand last and can wait.
      const { items } = bodyOf(await api.GET('/v1/tasks', { params: { query: { mine: 'true', limit: 20 } } }));
      const found = items.find((task) => task.claimNo !== claimNo && !task.paused);
      if (!found) return false;
      await navigate(`/claims/${found.claimNo}${folder}`);
      return true;
    },
  };
}
