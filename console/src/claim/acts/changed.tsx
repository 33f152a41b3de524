import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf, type Api } from '../../api/client';
import { useApi } from '../../api/context';
import { useRules } from '../../api/rules';
import type { components } from '../../api/schema';
import { useSession } from '../../session/context';
import { instantWords } from '../../words/time';
import { useLanguage } from '../../words/use-words';
import { useEventTitle } from '../event-title';
import { useNames } from '../names';
import type { ClaimView } from './form';

type ClaimEvent = components['schemas']['ClaimEvent'];
/** What an act brings about by rule says less than the act. */
const BROUGHT_ABOUT = new Set(['stage-left', 'task-opened', 'task-closed', 'clock-paused', 'clock-resumed', 'rung-climbed']);

/** The version on which the form rests, and what other people did since. What only systems did (a rung, a delivered notice) is taken over silently. */
export function useChangedMeanwhile(claim: ClaimView, guarded: boolean): { seen: number; by: ClaimEvent[]; seeNow: () => void } {
  const api = useApi();
  const rules = useRules();
  const mine = useSession().person?.personId;
  const [seen, setSeen] = useState(claim.version);
  const moved = guarded && claim.version > seen;
  const { data } = useQuery({
    queryKey: ['claim', claim.claimNo, 'events', 'since', seen, claim.version], enabled: moved, queryFn: () => eventsSince(api, claim.claimNo, seen),
  });
  const by = moved ? (data ?? []).filter((event) => event.by.personId !== mine && !BROUGHT_ABOUT.has(event.type) && (rules?.roles.some((role) => role.code === event.by.role) ?? false)) : [];
  useEffect(() => { if (moved && data && rules && by.length === 0) setSeen(claim.version); }, [moved, data, rules, by.length, claim.version]);
  return { seen, by, seeNow: () => { setSeen(claim.version); } };
}

async function eventsSince(api: Api, claimNo: string, version: number): Promise<ClaimEvent[]> {
  const since: ClaimEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = bodyOf(await api.GET('/v1/claims/{claimNo}/events', { params: { path: { claimNo }, query: { order: 'newest', limit: 100, ...(cursor === undefined ? {} : { cursor }) } } }));
    const fresh = page.items.filter((event) => event.version > version);
    since.push(...fresh);
    cursor = fresh.length < page.items.length ? undefined : page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return since.toReversed();
}

/** Others changed the claim while this form was filled in: what they did, and a button that says one has seen it. */
export function ChangedMeanwhile({ changes, onSeen }: { changes: readonly ClaimEvent[]; onSeen: () => void }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const titleOf = useEventTitle();
  const name = useNames();
  return (
    <section className="act-changed" role="alert">
      <p><b>{t('changed.title')}</b></p>
      <ul>{changes.map((event) => <li key={event.version}>{instantWords(event.at, language)} · {event.by.name ?? name('roles', event.by.role)} · {titleOf(event)}</li>)}</ul>
      <Button onClick={onSeen}>{t('changed.seen')}</Button>
    </section>
  );
}
