import type { ClaimEvent } from '../../claim/event-title';

/** What somebody wrote beside the last event of this type; null where nobody did, or the reader may not see it. */
export function lastNote(events: readonly ClaimEvent[], type: string, part: 'note' | 'narrative' = 'note'): string | null {
  const text = (events.findLast((event) => event.type === type)?.personal)?.[part];
  return typeof text === 'string' ? text : null;
}

/** The documents that the last recommendation names: what a decision as recommended stands on. */
export function evidenceOf(events: readonly ClaimEvent[]): string[] {
  return (events.findLast(({ type }) => type === 'recommended')?.data as { evidence?: string[] } | null | undefined)?.evidence ?? [];
}
