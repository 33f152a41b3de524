import { useTranslation } from 'react-i18next';
import type { components } from '../../api/schema';
import type { ActBody, ClaimView } from '../../claim/acts/form';
import type { ClaimEvent } from '../../claim/event-title';
import { useNames } from '../../claim/names';
import { PaperLinks } from '../judging/evidence';
import { BenefitLines } from '../judging/lines';
import { ReasonList } from '../judging/reasons';
import { Flags, Investigations } from './facts';
import { evidenceOf, lastNote } from './notes';

interface Recommended { decision: components['schemas']['Decision']; lines: components['schemas']['Line'][]; reasons: components['schemas']['ReasonCode'][]; fileVersion: number; by: string; proposedBy: string | null; evidence: readonly string[]; note: string | null }

/** What the second pair of eyes needs and nothing else: what is recommended, by whom, on what, and what speaks against it. */
export function RecommendedBrief({ claim, events, people }: { claim: ClaimView; events: readonly ClaimEvent[]; people: Readonly<Record<string, string>> }) {
  const { t } = useTranslation('desk');
  const name = useNames();
  const found = recommendedOf(claim, events);
  if (!found) return null;
  const now = claim.clinical?.fileVersion;
  const who = (personId: string): string => people[personId] ?? t('somebody');
  // The forms of approving and rejecting show the lines themselves.
  const shownBelow = claim.allowed.includes('approve') || claim.allowed.includes('reject');
  return (
    <section className="brief" aria-labelledby="recommended-title">
      <h2 id="recommended-title">{t('recommended.title', { decision: name('decisions', found.decision) })}</h2>
      <p>{found.proposedBy === null ? t('recommended.by', { name: who(found.by) }) : t('recommended.byTwo', { first: who(found.proposedBy), second: who(found.by) })} · <span className={now === found.fileVersion ? 'quiet' : 'due-late'}>{t(now === found.fileVersion ? 'recommended.sameFile' : 'recommended.otherFile', { version: found.fileVersion, now })}</span></p>
      {!shownBelow && <><BenefitLines lines={found.lines} /><ReasonList codes={found.reasons} /></>}
      {found.note !== null && <p className="brief-words">{found.note}</p>}
      {found.evidence.length > 0 && <div><h3>{t('evidence.title', { count: found.evidence.length })}</h3><PaperLinks claim={claim} documentIds={found.evidence} /></div>}
      <Flags claim={claim} />
      <Investigations claim={claim} events={events} />
    </section>
  );
}

/** The recommendation that stands, or the one that waits for its second reviewer. */
function recommendedOf({ assessment, stage }: ClaimView, events: readonly ClaimEvent[]): Recommended | null {
  const proposal = assessment?.proposals.find(({ command }) => command === 'recommend');
  if (proposal) {
    const { evidence = [], note = null, ...input } = proposal.input as ActBody<'recommend'>;
    return { ...input, evidence, note: note ?? lastNote(events, 'act-proposed'), by: proposal.by, proposedBy: null };
  }
  if (!assessment?.recommendation || stage !== 'approval') return null;
  return { ...assessment.recommendation, evidence: evidenceOf(events), note: lastNote(events, 'recommended') };
}
