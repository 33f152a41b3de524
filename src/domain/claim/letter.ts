/** SPEC §1.8: the letter to the patient, made from the decision and its codes, in plain words, with how to object and the last day. */
import { disputableUntil, dueOf, LEGAL } from './clocks';
import { ROLE_TITLES, type Role } from './people';
import { BENEFIT_TITLES, REASONS, type Benefit, type Decision, type Line, type ReasonCode } from './reasons';
import type { ClaimState } from './state';
import type { Text } from './text';
import { dayInWords, lastDayBefore, moneyInWords, timeInWords } from './words';
import { shanghaiDay } from '../calendar';

/** What a letter is made from: a decision, or one that somebody is about to make. */
export interface Judged { decision: Decision; lines: readonly Line[]; reasons: readonly ReasonCode[]; exGratia: boolean }

export interface Letter {
  /** After a death: quiet, and addressed to the claimant. */
  tone: 'plain' | 'quiet';
  decision: Decision;
  /** The Shanghai day of the decision, `YYYY-MM-DD`. */
  decidedOn: string;
  title: Text;
  greeting: Text;
  paragraphs: Text[];
  lines: Array<{ benefit: Benefit; title: Text; askedFen: number; approvedFen: number }>;
  askedFen: number;
  approvedFen: number;
  reasons: Array<{ code: ReasonCode; clause: string; text: Text }>;
  /** `lastDay` is `YYYY-MM-DD`; null while the money is not paid yet, because the days count from then, or where nothing can be objected to any more. */
  objection: { lastDay: string | null; text: Text };
  contact: Text;
}

/** Somebody at the hospital, by name. */
export interface Contact { name: string; role: Role }

/** The letter of the decision that stands; null before it is made, while the claim is judged anew, and after the claim was withdrawn or void. */
export function letterOf(state: ClaimState, contact: Contact | null): Letter | null {
  const { decision } = state;
  if (decision === null || decision.round !== state.round || state.closedAs === 'withdrawn' || state.closedAs === 'void') return null;
  return write(state, decision, { at: decision.at, closedAt: state.closedAt, contact });
}

/** The letter as it would read if this were decided at `now` (ISO). */
export const previewOf = (state: ClaimState, judged: Judged, now: string, contact: Contact | null): Letter =>
  write(state, judged, { at: now, closedAt: judged.decision === 'reject' ? now : null, contact });

function write(state: ClaimState, { decision, lines, reasons, exGratia }: Judged, { at, closedAt, contact }: { at: string; closedAt: string | null; contact: Contact | null }): Letter {
  const tone = state.outcomeType === 'death' ? 'quiet' : 'plain';
  const sum = (pick: (line: Line) => number): number => lines.reduce((fen, line) => fen + pick(line), 0);
  const askedFen = sum((line) => line.askedFen), approvedFen = sum((line) => line.approvedFen);
  return {
    tone, decision, decidedOn: shanghaiDay(at), title: TITLES[decision],
    greeting: tone === 'quiet' ? { zh: '致申请人：', en: 'To the claimant' } : { zh: '尊敬的申请人：', en: 'Dear claimant,' },
    paragraphs: [
      ...(tone === 'quiet' ? [{ zh: '对您亲人的离世，我们深表哀悼。以下是本案的决定。', en: 'We are sorry for your loss. This is the decision on the claim.' }] : []),
      ...bodyOf(decision, moneyInWords(askedFen), moneyInWords(approvedFen), exGratia),
    ],
    lines: lines.map(({ benefit, askedFen: asked, approvedFen: approved }) => ({ benefit, title: BENEFIT_TITLES[benefit], askedFen: asked, approvedFen: approved })),
    askedFen, approvedFen,
    reasons: reasons.map((code) => ({ code, clause: REASONS[code].clause, text: { zh: `${REASONS[code].zh}。`, en: REASONS[code].en } })),
    objection: objectionOf(state, closedAt),
    contact: contact === null
      ? { zh: '如有疑问，请联系医院驻点专员。', en: 'If you have questions, ask the on-site specialist of the hospital.' }
      : { zh: `如有疑问，请联系${contact.name}（医院${ROLE_TITLES[contact.role].zh}）。`, en: `If you have questions, ask ${contact.name} (${ROLE_TITLES[contact.role].en} at the hospital).` },
  };
}

const TITLES: Record<Decision, Text> = {
  approve: { zh: '理赔决定：给付', en: 'Decision on your claim: paid in full' },
  part: { zh: '理赔决定：部分给付', en: 'Decision on your claim: paid in part' },
  reject: { zh: '理赔决定：不予给付', en: 'Decision on your claim: not paid' },
};

function bodyOf(decision: Decision, asked: Text, approved: Text, exGratia: boolean): Text[] {
  const goodwill = exGratia ? [{ zh: '这笔款项是保险公司的通融给付，不以保险责任为前提。', en: 'The insurer pays this as a gesture of goodwill, without being obliged to.' }] : [];
  switch (decision) {
    case 'approve': return [{ zh: `您申请的${asked.zh}将全部给付。`, en: `The ${asked.en} that you asked for will be paid in full.` }, ...goodwill];
    case 'part': return [{ zh: `您申请${asked.zh}，将给付${approved.zh}。其余部分不予给付的理由如下。`, en: `You asked for ${asked.en}; ${approved.en} will be paid. Why the rest is not paid stands below.` }, ...goodwill];
    case 'reject': return [{ zh: `您申请的${asked.zh}不予给付，理由如下。`, en: `The ${asked.en} that you asked for will not be paid. The reasons stand below.` }];
  }
}

const HOW: Text = {
  zh: '您可以在本案页面提出，也可以请医院驻点专员代为提出。医院、保险公司和中立方三人将在10个工作日内裁决。',
  en: 'Do so on the page of your claim, or ask the on-site specialist of the hospital to help. Three people, of the hospital, the insurer and a neutral side, then decide within 10 working days.',
};

function beforeThePanel(state: ClaimState): Text {
  const run = state.clocks[state.tasks.find((task) => task.kind === 'decide-as-panel')?.clock ?? ''];
  const dueAt = run ? dueOf(state, run).dueAt : null;
  const until = dueAt === null ? { zh: '', en: '' } : { zh: `，最晚${timeInWords(dueAt).zh}作出`, en: `, by ${timeInWords(dueAt).en} at the latest` };
  return {
    zh: `您已提出异议。医院、保险公司和中立方三人正在裁决${until.zh}，在此之前本决定不变。`,
    en: `You have objected. Three people, of the hospital, the insurer and a neutral side, are deciding on it${until.en}; until then this decision stands.`,
  };
}

function objectionOf(state: ClaimState, closedAt: string | null): Letter['objection'] {
  if (state.stage === 'dispute') return { lastDay: null, text: beforeThePanel(state) };
  if (state.disputedRounds.includes(state.round)) {
    return { lastDay: null, text: { zh: '三人小组已裁决维持本决定。如有新的证据，仍可提交。', en: 'The panel of three has upheld this decision. New evidence can still be handed in.' } };
  }
  if (closedAt === null) {
    return { lastDay: null, text: { zh: `如不同意，可在付款完成后${LEGAL.dispute}天内提出异议。${HOW.zh}`, en: `If you do not agree, you can object within ${LEGAL.dispute} days after the payment. ${HOW.en}` } };
  }
  const lastDay = lastDayBefore(disputableUntil(closedAt));
  const words = dayInWords(lastDay);
  return { lastDay, text: { zh: `如不同意，可提出异议，最后一天是${words.zh}。${HOW.zh}`, en: `If you do not agree, you can object; the last day is ${words.en}. ${HOW.en}` } };
}
