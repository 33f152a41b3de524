/** What happens now, in one or two sentences for the patient (SPEC §1.2 "in plain words"): who holds the claim, and until when. */
import { disputableUntil, dueOf, isPaused } from './clocks';
import { missingDocuments, providerOf } from './documents';
import { letterOf } from './letter';
import { openRequest, SEATS, type ClaimState, type Task } from './state';
import type { Text } from './text';
import { dayInWords, lastDayBefore, timeInWords } from './words';

/** The sentences for `now` (ISO). After a death they say the same without encouragement. */
export function plainOf(state: ClaimState, now: string): Text {
  if (state.stage === 'closed') return closed(state, now);
  // What is asked of the claimant comes first: only that is theirs to do.
  const theirs = state.tasks.find((task) => task.roles.includes('patient'));
  const task = theirs ?? state.tasks.find((one) => one.kind !== 'second-person') ?? state.tasks[0];
  if (task === undefined) return { zh: '正在处理。', en: 'The claim is being worked on.' };
  return joined(...whyAnew(state), ...whoHolds(state, task), until(state, task, now), ...(theirs ? [] : [whatTheyCanDo(state)]));
}

const joined = (...parts: Text[]): Text => ({ zh: parts.map((part) => part.zh).join(''), en: parts.map((part) => part.en).filter((part) => part !== '').join(' ') });

function whoHolds(state: ClaimState, task: Task): Text[] {
  switch (task.kind) {
    case 'collect-facts': return [{ zh: '医院驻点专员正在了解情况。', en: 'The on-site specialist of the hospital is finding out what happened.' }];
    case 'upload-documents': return [{ zh: '医院正在准备病历等材料。', en: 'The hospital is preparing its records.' }];
    case 'accept-file': return [{ zh: '保险公司正在核对材料是否齐全。', en: 'The insurer is checking whether all papers are there.' }];
    case 'review': return [{ zh: '保险公司正在审核。', en: 'The insurer is assessing the claim.' }];
    case 'answer-as-hospital': return [{ zh: '保险公司请医院补充材料，医院正在准备。', en: 'The insurer has asked the hospital for more papers; the hospital is preparing them.' }];
    case 'answer-as-patient': return [{ zh: `还需要您提供${unanswered(state)}项材料或说明，在下方逐项答复即可；无法提供的，请说明原因。`, en: `Still needed from you: ${unanswered(state)} ${unanswered(state) === 1 ? 'paper or answer' : 'papers or answers'}. Answer below; if you cannot provide something, say why.` }];
    case 'investigate': return [{ zh: '保险公司正在进一步核实情况。', en: 'The insurer is looking into some points more closely.' }];
    case 'approve': return [{ zh: '保险公司正在作出决定。', en: 'The insurer is making its decision.' }];
    case 'set-payee': return [{ zh: state.payees?.faulty ? `银行未能把款项汇到所登记的账户，需要更正收款账户。${WHERE_TO_NAME_IT.zh}` : `决定已经作出，还需要登记收款账户。${WHERE_TO_NAME_IT.zh}`, en: state.payees?.faulty ? `The bank could not pay into the account that was named: it has to be corrected. ${WHERE_TO_NAME_IT.en}` : `The decision is made; the account to pay into is still missing. ${WHERE_TO_NAME_IT.en}` }];
    case 'confirm-payee': case 'make-payment': case 'check-payment': return [{ zh: '决定已经作出，保险公司正在办理付款。', en: 'The decision is made; the insurer is preparing the payment.' }];
    case 'await-bank': return [{ zh: '款项已交银行，正在等待银行确认。', en: 'The payment is with the bank, which has yet to confirm it.' }];
    case 'decide-as-panel': return [{ zh: '您的异议由医院、保险公司和中立方三人裁决。', en: 'Three people, of the hospital, the insurer and a neutral side, are deciding on the objection.' }];
    case 'second-person': return [{ zh: '正在由第二人复核。', en: 'A second person is checking.' }];
  }
}

/** Who follows the claim by a link cannot name an account; with an account of their own they can (SPEC §1.2, mayByLink). */
const WHERE_TO_NAME_IT: Text = { zh: '用您自己的账号登录后，可在下方登记；也可以请医院驻点专员代为登记。', en: 'Signed in with an account of your own you can name it below; otherwise ask the on-site specialist of the hospital to do it.' };

/** Why it is judged once more, and why the earlier decision is no longer shown; nothing once it is decided again. */
function whyAnew(state: ClaimState): Text[] {
  if (state.round === 1 || state.decision?.round === state.round) return [];
  return overturned(state)
    ? [{ zh: '三人小组支持您的异议：原来的决定不再有效，改由此前没有经手过的人员重新审核。', en: 'The panel of three agreed with the objection: the earlier decision no longer stands, and people who have not seen the claim before judge it anew.' }]
    : [{ zh: '因有新的证据，原来的决定不再有效，改由此前没有经手过的人员重新审核。', en: 'Because of new evidence the earlier decision no longer stands, and people who have not seen the claim before judge it anew.' }];
}

/** Did a panel begin this round, and not new evidence? Then the round began when its panel ended. */
function overturned({ round, clocks }: ClaimState): boolean {
  const began = clocks[`settlement.${round}`]?.startedAt;
  return SEATS.some((seat) => clocks[`panel.${round - 1}.${seat}`]?.stoppedAt === began);
}

const unanswered = (state: ClaimState): number => openRequest(state)?.items.filter((item) => item.from === 'patient' && item.answer === null).length ?? 0;

function until(state: ClaimState, task: Task, now: string): Text {
  const run = state.clocks[task.clock];
  const due = run ? dueOf(state, run) : null;
  if (!run || !due || (due.dueAt === null && !isPaused(run))) return { zh: '', en: '' };
  if (due.dueAt === null) return { zh: '在此期间计时暂停。', en: 'Until then the clock stands still.' };
  if (due.dueAt <= now) return { zh: '这一步已经超过承诺的时间，负责人已收到提醒。', en: 'This step is late; those who answer for it have been told.' };
  const words = timeInWords(due.dueAt);
  return due.provisional
    ? { zh: `最晚${words.zh}（暂定，待次年节假日安排公布后确认）。`, en: `Latest by ${words.en} (to be confirmed when next year's holidays are published).` }
    : { zh: `最晚${words.zh}。`, en: `Latest by ${words.en}.` };
}

/** Nobody waits for the claimant; their own papers may still be missing. */
function whatTheyCanDo(state: ClaimState): Text {
  const missing = state.stage === 'documents' && missingDocuments(state).some((kind) => providerOf(kind) === 'patient');
  if (missing) return { zh: '您自己的材料也可以现在交，缺少的列在下方。', en: 'Your own papers can be handed in now, too: those still missing are listed below.' };
  return state.outcomeType === 'death'
    ? { zh: '现在无需您办理任何事项。', en: 'Nothing is asked of you now.' }
    : { zh: '您现在不需要做什么。', en: 'You need not do anything now.' };
}

function closed(state: ClaimState, now: string): Text {
  switch (state.closedAs) {
    case 'withdrawn': return { zh: '申请已经撤回，本案已结束。', en: 'The claim was withdrawn and has ended.' };
    case 'void': return { zh: '本案与另一案件重复，已并入另一案件办理。', en: 'This claim was reported twice; it goes on under its other number.' };
    case 'rejected': return joined({ zh: '保险公司决定不予给付，理由见决定书。', en: 'The insurer has decided not to pay; the letter says why.' }, objection(state, now));
    default: return joined(state.paidFen > 0 ? { zh: '款项已经支付，本案已结束。', en: 'The money has been paid and the claim has ended.' } : { zh: '本案已结束。', en: 'The claim has ended.' }, objection(state, now));
  }
}

function objection(state: ClaimState, now: string): Text {
  const until = state.closedAt === null ? null : disputableUntil(state.closedAt);
  if (until === null || until <= now || (letterOf(state, null)?.objection.lastDay ?? null) === null) return { zh: '', en: '' };
  const words = dayInWords(lastDayBefore(until));
  return { zh: `如不同意，可提出异议，最后一天是${words.zh}。`, en: `If you do not agree you can object; the last day is ${words.en}.` };
}
