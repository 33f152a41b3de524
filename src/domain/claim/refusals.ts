/**
 * Why an act is refused: a code, the rule it rests on, and a sentence that says what to do. A refusal changes nothing.
 */
import type { Text } from './text';

export const REFUSALS = {
  'not-now': { rule: 'SPEC §1.1', zh: '案件当前阶段不允许此操作。请等待应办人完成当前步骤。', en: 'This cannot be done at the stage in which the claim is now. Wait for whoever owes the step.' },
  'not-your-role': { rule: 'SPEC §1.2', zh: '您的角色不能执行此操作。', en: 'Your role does not do this. Ask somebody in one of the roles named.' },
  'not-by-link': { rule: 'SPEC §1.2', zh: '通过链接不能执行此操作，请登录账户或请医院驻点专员协助。', en: 'This is not done through a link. Sign in with your account, or ask the on-site specialist of the hospital.' },
  'not-handed-over': { rule: 'SPEC §1.2', zh: '这是其他科室的案件：您只能代办所替人员名下的任务。', en: 'This claim is of another department: you do here only the tasks that the person you stand in for holds.' },
  'four-eyes': { rule: 'SPEC §1.2', zh: '此操作必须由另一人完成。', en: 'This needs a person other than the one who did the step before. Ask a colleague.' },
  'has-seen-it': { rule: 'SPEC §1.1', zh: '重新审理须由未参与过本案的人员完成。', en: 'After a dispute or a reopening only people who have not judged this claim may do this.' },
  'same-id-other-body': { rule: 'SPEC §3', zh: '同一操作编号已用于不同内容。', en: 'This act id was already used with another body. Use a new id for a new act.' },
  'invalid-input': { rule: 'SPEC §3', zh: '提交内容不符合要求。', en: 'The body does not have the shape this act needs. See the fields named.' },
  'unknown-document': { rule: 'SPEC §1.3', zh: '案件中没有此文件。', en: 'There is no such document in this claim. Upload it first, or correct the id.' },
  'wrong-document-kind': { rule: 'SPEC §1.3', zh: '您不能上传此类材料。', en: 'Your role does not upload this kind of document.' },
  'already-there': { rule: 'SPEC §1.3', zh: '已经存在，无需重复。', en: 'This is already there. Nothing needs to be done.' },
  'file-incomplete': { rule: 'SPEC §1.1', zh: '必备材料不全，请要求补充或双人豁免。', en: 'Must-have documents are missing. Ask for a supplement, or have two persons waive them.' },
  'eligibility-unknown': { rule: 'SPEC §1.1', zh: '保险公司尚未答复投保资格，暂不能受理。', en: 'The insurer has not answered about eligibility yet; the file cannot be accepted before. It is being asked.' },
  'file-changed': { rule: 'SPEC §1.8', zh: '材料已变化，请按新版本审核。', en: 'The file has changed since. Read the new version and decide on that.' },
  'request-open': { rule: 'SPEC §1.7', zh: '已有一个未结束的补充要求。', en: 'A request for supplements is still open. Only one at a time.' },
  'needs-supervisor-reason': { rule: 'SPEC §1.7', zh: '第二次补充须由主管说明理由。', en: 'A second request must be made by a supervisor, with a reason in note.' },
  'needs-insurer-head': { rule: 'SPEC §1.7', zh: '第三次补充须由保险公司负责人提出。', en: 'A third request must come from the head of the insurer (an approver), with a reason in note.' },
  'unjudged-answers': { rule: 'SPEC §1.7', zh: '尚有未评定的补充答复。', en: 'Accept, reject or waive each answer to the supplement request first.' },
  'unknown-item': { rule: 'SPEC §1.7', zh: '没有这一补充项目。', en: 'There is no such item in the request, or it has been judged already.' },
  'not-asked-of-you': { rule: 'SPEC §1.7', zh: '此项目不是向您提出的。', en: 'This item was asked of somebody else.' },
  'other-document-asked': { rule: 'SPEC §1.7', zh: '所答材料与所要求的材料不同。', en: 'The document given is not of the kind that was asked for. Upload that kind, or say why it cannot be provided.' },
  'item-already-given': { rule: 'SPEC §1.7', zh: '所要求的材料已在案卷中，请说明原因。', en: 'What is asked for is already in the file. Say in note why it is asked again.' },
  'death-stays': { rule: 'SPEC §1.4', zh: '已报告死亡的案件不能改为较轻的结果；报告有误的请作废后重新上报。', en: 'A death that was reported stays a death. If the report was wrong, have the claim voided and report anew.' },
  'benefit-not-of-outcome': { rule: 'SPEC §1.8', zh: '该结果类型不能申请此项给付。', en: 'This benefit cannot be asked for this outcome. See details for those that can.' },
  'lines-mismatch': { rule: 'SPEC §1.8', zh: '给付项目与申请不一致。', en: 'Each benefit asked must have exactly one line, with the amount asked as it stands in the claim.' },
  'amount-above-asked': { rule: 'SPEC §1.8', zh: '批准金额超过申请金额。', en: 'An amount approved is above the amount asked.' },
  'decision-mismatch': { rule: 'SPEC §1.8', zh: '结论与金额不符。', en: 'Approve means all that is asked, part means less but not nothing, reject means nothing. Correct the lines or the decision.' },
  'reasons-needed': { rule: 'SPEC §1.8', zh: '部分给付或拒赔须有理由代码。', en: 'A part payment or a rejection needs at least one reason code that fits it.' },
  'evidence-needed': { rule: 'SPEC §1.8', zh: '部分给付或拒赔须列明依据材料。', en: 'A part payment or a rejection needs at least one document of this claim as evidence.' },
  'fraud-not-investigated': { rule: 'SPEC §1.8', zh: '未经结案的调查不得使用欺诈类代码。', en: 'Fraud codes may be used only after an investigation has closed with that finding.' },
  'not-as-recommended': { rule: 'SPEC §1.8', zh: '结论与审核建议不一致，请退回审核。', en: 'This is not what was recommended. Return the claim to review if you see it differently.' },
  'no-payee': { rule: 'SPEC §1.9', zh: '尚未登记收款人。', en: 'There is no payee yet.' },
  'payee-unconfirmed': { rule: 'SPEC §1.9', zh: '收款人尚未由第二人确认。', en: 'The payee must be confirmed by a second person first.' },
  'payee-changed': { rule: 'SPEC §1.9', zh: '收款人已变化，请重新核对。', en: 'The payee is another than the one you read. Read it again, then confirm.' },
  'payment-under-way': { rule: 'SPEC §1.9', zh: '已有付款正在进行。', en: 'A payment is under way. Return it first, or wait for the bank.' },
  'already-paid': { rule: 'SPEC §1.1', zh: '案件已有付款，不能撤回或作废。', en: 'Money has been paid on this claim: it can be neither withdrawn nor void.' },
  'other-amount-outstanding': { rule: 'SPEC §1.9', zh: '金额与待付金额不符。', en: 'This is not the amount outstanding. Make the payment for the amount named in the details.' },
  'nothing-outstanding': { rule: 'SPEC §1.9', zh: '没有待付金额。', en: 'Nothing remains to be paid.' },
  'no-payment': { rule: 'SPEC §1.9', zh: '没有待复核的付款。', en: 'There is no payment to check.' },
  'not-longer': { rule: 'SPEC §1.4', zh: '时效档位只能调整为更长。', en: 'A tier moves only to a longer one; a death stays in D15.' },
  'too-late': { rule: 'SPEC §1.1', zh: '已超过30天的异议期限。', en: 'The 30 days for a dispute have passed. New evidence can still reopen the claim.' },
  'already-disputed': { rule: 'SPEC §1.1', zh: '本轮决定已经过争议处理。', en: 'This decision has already been before the panel.' },
  'seat-taken': { rule: 'SPEC §1.1', zh: '该席位已经表决。', en: 'Your seat on the panel has voted already.' },
  'same-claim': { rule: 'SPEC §1.1', zh: '不能与自身重复。', en: 'A claim cannot be a duplicate of itself. Name the claim that survives.' },
  'no-proposal': { rule: 'SPEC §1.2', zh: '没有这一待确认事项。', en: 'There is no such act waiting for a second person.' },
  'already-proposed': { rule: 'SPEC §1.2', zh: '此操作已在等待第二人确认。', en: 'This act already waits for its second person.' },
  'unknown-task': { rule: 'SPEC §1.6', zh: '没有这一未完成的任务。', en: 'There is no such open task.' },
  'task-taken': { rule: 'SPEC §1.6', zh: '任务已由他人领取。', en: 'Somebody else has taken this task. Ask them, or have it reassigned.' },
  'not-your-task': { rule: 'SPEC §1.6', zh: '这不是您领取的任务。', en: 'You have not taken this task.' },
  'future-event': { rule: 'SPEC §1.5', zh: '事件时间晚于上报时间。', en: 'The event cannot lie after its report.' },
  'already-investigating': { rule: 'SPEC §1.1', zh: '调查已在进行。', en: 'An investigation is already open.' },
  'held': { rule: 'SPEC §3', zh: '案件处于保全状态，不能删除。', en: 'The claim is held: nothing of it is erased before the hold is lifted.' },
  'no-hold': { rule: 'SPEC §3', zh: '没有可由贵方解除的保全。', en: 'There is no hold that your side set. Who set one lifts it.' },
  'erased': { rule: 'SPEC §3', zh: '案件材料已按规定删除，不能再处理。请作为新案件上报。', en: 'The papers of this claim were erased by rule: it cannot be taken up again. Report anew.' },
  'evidence-new-needed': { rule: 'SPEC §1.1', zh: '重新审理须有决定之后的新证据。', en: 'Reopening needs a document that came after the decision. Upload it first.' },
} as const satisfies Record<string, Text & { rule: string }>;
export type RefusalCode = keyof typeof REFUSALS;

/** A refusal of one act: which rule, which field, and what a person needs to go on. */
export interface Refusal {
  code: RefusalCode;
  /** JSON pointer into the body, where one field is at fault. */
  field?: string;
  /** Impersonal facts that help: roles that may, kinds that lack, the person id of who was first. */
  details?: Record<string, unknown>;
}

export const refuse = (code: RefusalCode, more: Omit<Refusal, 'code'> = {}): Refusal => ({ code, ...more });
