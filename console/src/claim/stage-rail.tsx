import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import type { ClaimView } from './acts/form';
import type { ClaimEvent } from './event-title';
import { useNames } from './names';

type Stage = ClaimView['stage'];
/** The straight way; the other stages lie beside it and are shown where the claim went there in this round. */
const WAY: readonly Stage[] = ['collecting', 'documents', 'acceptance', 'review', 'approval', 'payment', 'closed'];

/** Where the claim is, and when it left the stages behind it. */
export function StageRail({ claim, events }: { claim: ClaimView; events: readonly ClaimEvent[] }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const name = useNames();
  const left = whenLeft(events);
  const besides: Partial<Record<Stage, Stage>> = { supplement: left.has('review') ? 'review' : 'acceptance', investigation: 'review', dispute: 'closed' };
  const rail = WAY.flatMap((stage) => [stage, ...(Object.keys(besides) as Stage[]).filter((side) => besides[side] === stage && (side === claim.stage || left.has(side)))]);
  const now = rail.indexOf(claim.stage);
  const strip = useRef<HTMLElement>(null);
  // A phone shows a part of it: the part where the claim is.
  useEffect(() => {
    const here = strip.current?.querySelector<HTMLElement>('[aria-current]');
    if (here && strip.current) strip.current.scrollLeft = here.offsetLeft - strip.current.offsetLeft - (strip.current.clientWidth - here.offsetWidth) / 2;
  }, [now, rail.length]);
  return (
    <nav ref={strip} className="rail" tabIndex={0} aria-label={t('rail.name')}>
      <ol>
        {rail.map((stage, n) => {
          const at = left.get(stage);
          const when = n === now ? t('rail.since', { at: instantWords(claim.stageSince, language) }) : at !== undefined ? instantWords(at, language) : n > now ? '' : t(events.length === 0 ? 'rail.been' : 'rail.skipped');
          return (
            <li key={stage} className={n === now ? 'rail-now' : n < now && (at !== undefined || events.length === 0) ? 'rail-been' : 'rail-ahead'} aria-current={n === now ? 'step' : undefined}>
              <span className="rail-name">{name('stages', stage)}</span>
              <span className="rail-when">{when}</span>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** When each stage was left last, in the present round: a new round begins where a closed or disputed claim goes back to review. */
function whenLeft(events: readonly ClaimEvent[]): Map<string, string> {
  const left = new Map<string, string>();
  for (const { type, data, at } of events) {
    if (type !== 'stage-left' || !data) continue;
    const { stage, to } = data as { stage: Stage; to: Stage };
    if ((stage === 'closed' || stage === 'dispute') && to === 'review') for (const later of ['review', 'supplement', 'investigation', 'approval', 'payment', 'closed', 'dispute']) left.delete(later);
    else left.set(stage, at);
  }
  return left;
}
