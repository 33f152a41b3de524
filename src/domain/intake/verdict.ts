import { COMPLICATIONS, FINDINGS, GRAVITY, NO_AMOUNT_ASKED, UNREMARKABLE } from './codes';
import type { Because, Cost, EventKind, UnremarkableCode, Verdict } from './intake';
import { naturalKeyOf } from './natural-key';
import { within30Days } from './time';

/** What the record says came after: ISO UTC times throughout, costs by encounter. */
export interface Aftermath {
  deceasedAt: string | null;
  findings: readonly Because[];
  intensiveCare: readonly Because[];
  otherConditions: readonly string[];
  costs: ReadonlyMap<string, Cost[]>;
}

export interface JudgedSurgery { code: string; at: string; encounterKey: string }

/**
 * One verdict for each surgery; they come in order of time. Each death or finding belongs to the latest surgery before it and to no other,
 * so that one event opens one claim.
 */
export function verdicts(patientKey: string, surgeries: readonly JudgedSurgery[], aftermath: Aftermath): Verdict[] {
  const death: Because[] = aftermath.deceasedAt === null ? [] : [{ rule: 'death', at: aftermath.deceasedAt }];
  const tie = (finding: Because) => ({ finding, owner: ownerOf(surgeries, finding) });
  const tied = [...death, ...aftermath.findings].map(tie);
  const intensiveCare = aftermath.intensiveCare.map(tie);

  return surgeries.map((surgery, index): Verdict => {
    const own = tied.filter(({ owner }) => owner === index).map(({ finding }) => finding);
    if (own.length === 0) {
      const because = unremarkable(surgery, tied.some(({ finding, owner }) => owner > index && within30Days(surgery.at, finding.at)), aftermath);
      return { kind: 'unremarkable', because, text: UNREMARKABLE[because] };
    }
    // Intensive care is a ground only beside another finding, entered at or after it: planned care after heart surgery comes before.
    const firstAt = own.reduce((first, { at }) => (at < first ? at : first), own[0]!.at);
    const because = inOrder([...own, ...intensiveCare.filter(({ finding, owner }) => owner === index && finding.at >= firstAt).map(({ finding }) => finding)]);
    const event: EventKind = own.some(({ rule }) => rule === 'death') ? 'death' : 'complication';
    return {
      kind: 'claim',
      event,
      outcomeType: GRAVITY.find((type) => because.some(({ rule }) => FINDINGS[rule].outcomeType === type))!,
      because,
      askedFen: null,
      askedFenBecause: NO_AMOUNT_ASKED,
      costs: aftermath.costs.get(surgery.encounterKey) ?? [],
      naturalKey: naturalKeyOf({ patientKey, procedureCode: surgery.code, surgeryAt: surgery.at, event }),
    };
  });
}

/** Index of the latest surgery that the finding can follow, if it lies in that surgery's 30 days; otherwise -1. */
function ownerOf(surgeries: readonly JudgedSurgery[], { rule, at }: Because): number {
  // A condition recorded at the very time of a surgery is what was operated on. A death or a procedure at that time came of it.
  const isCondition = COMPLICATIONS.some((row) => row.rule === rule);
  const index = surgeries.findLastIndex((surgery) => (isCondition ? surgery.at < at : surgery.at <= at));
  const surgery = surgeries[index];
  return surgery !== undefined && within30Days(surgery.at, at) ? index : -1;
}

function unremarkable({ at }: JudgedSurgery, laterOwns: boolean, { deceasedAt, otherConditions }: Aftermath): UnremarkableCode {
  if (laterOwns) return 'belongs-to-later-surgery';
  if (deceasedAt !== null && deceasedAt > at) return 'death-after-30-days';
  if (otherConditions.some((recorded) => recorded > at && within30Days(at, recorded))) return 'new-conditions-no-complication';
  return 'nothing-abnormal';
}

/** By time, then rule and code; the same ground recorded twice is one. */
function inOrder(findings: readonly Because[]): Because[] {
  const byText = new Map(findings.map((finding) => [`${finding.at}|${finding.rule}|${finding.code ?? ''}`, finding]));
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
}
