/** What people read when a field breaks a rule: the name of the field and the rule, in both languages; never the value (SPEC §3). */
import * as z from 'zod';
import { rulesIn, type Text } from '../../domain/claim';

export interface FieldError {
  /** JSON pointer into the body, or the name of the parameter or header. */
  field: string;
  /** The rule alone, for programs and their writers. */
  rule: string;
  /** Name of the field and rule, for people. */
  text: Text;
}

/** The fields of all bodies that people fill in; a name means the same wherever it stands. */
export const FIELD_TITLES: Record<string, Text> = {
  account: { zh: '账号', en: 'Account' }, amountFen: { zh: '付款总额（分）', en: 'Sum to pay (fen)' }, anaesthesia: { zh: '单独的麻醉记录', en: 'Anaesthesia record of its own' },
  answer: { zh: '答复', en: 'Answer' }, approvedFen: { zh: '核定金额（分）', en: 'Amount approved (fen)' }, askedFen: { zh: '申请金额（分）', en: 'Amount asked (fen)' },
  bank: { zh: '开户银行', en: 'Bank' }, benefit: { zh: '项目', en: 'Benefit' }, benefits: { zh: '申请项目', en: 'Benefits asked for' }, birthDate: { zh: '出生日期', en: 'Date of birth' },
  bytes: { zh: '文件大小', en: 'Size of the file' }, claimantIsInsured: { zh: '申请人是否为被保险人本人', en: 'Claimant is the insured' }, complication: { zh: '并发症', en: 'Complication' },
  costsClaimed: { zh: '是否申请医疗费用', en: 'Treatment costs are claimed' }, couldNotHaveBeenKnown: { zh: '此前无法预知', en: 'Could not have been known before' },
  deceasedAt: { zh: '死亡时间', en: 'Time of death' }, decision: { zh: '结论', en: 'Decision' }, department: { zh: '科室', en: 'Department' }, document: { zh: '材料', en: 'Document' },
  documentId: { zh: '文件', en: 'File' }, documentIds: { zh: '文件', en: 'Files' }, documents: { zh: '材料', en: 'Documents' }, evidence: { zh: '依据材料', en: 'Evidence' },
  exGratia: { zh: '通融赔付', en: 'Ex gratia' }, fact: { zh: '事实', en: 'Fact' }, fileVersion: { zh: '案卷版本', en: 'Version of the file' }, finding: { zh: '调查结论', en: 'Finding' },
  from: { zh: '向谁要求', en: 'Asked from' }, holder: { zh: '户名', en: 'Account holder' }, hospital: { zh: '医院', en: 'Hospital' }, identityNumber: { zh: '证件号码', en: 'Identity number' },
  itemId: { zh: '补充项', en: 'Item of the request' }, items: { zh: '补充项', en: 'Items asked for' }, key: { zh: '付款编号', en: 'Payment key' }, kind: { zh: '类别', en: 'Kind' },
  lines: { zh: '核定明细', en: 'Lines' }, mediaType: { zh: '文件格式', en: 'Format of the file' }, name: { zh: '姓名或名称', en: 'Name' }, narrative: { zh: '经过', en: 'Account of the event' },
  note: { zh: '说明', en: 'Note' }, occurredAt: { zh: '发生时间', en: 'Time of the event' }, outcomeType: { zh: '结果类型', en: 'Outcome' }, paidFen: { zh: '实付金额（分）', en: 'Amount paid (fen)' },
  owner: { zh: '谁的工作', en: 'Whose work' }, patient: { zh: '患者', en: 'Patient' }, payees: { zh: '收款人', en: 'Payees' }, personId: { zh: '人员', en: 'Person' }, phone: { zh: '电话', en: 'Phone' },
  holdId: { zh: '保全', en: 'Legal hold' }, proposalId: { zh: '提议', en: 'Proposal' }, reason: { zh: '原因', en: 'Reason' }, reasons: { zh: '理由', en: 'Reasons' }, recordNo: { zh: '病历号', en: 'Record number' },
  role: { zh: '角色', en: 'Role' }, sex: { zh: '性别', en: 'Sex' }, sha256: { zh: '文件摘要', en: 'Digest of the file' }, share: { zh: '份额', en: 'Share' }, supersedes: { zh: '被替换的文件', en: 'File to be replaced' },
  surgeryAt: { zh: '手术时间', en: 'Time of surgery' }, surgeryCode: { zh: '手术编码', en: 'Code of the surgery' }, survivor: { zh: '保留的案件', en: 'Claim that survives' },
  taskId: { zh: '任务', en: 'Task' }, tier: { zh: '时效档位', en: 'Tier' }, to: { zh: '转给谁', en: 'Handed to' }, until: { zh: '到哪天为止', en: 'Until' }, vote: { zh: '表决', en: 'Vote' },
  why: { zh: '要求的理由', en: 'Why it is asked' }, whyCode: { zh: '所提示的理由', en: 'Proposed reason' },
};

/** A field that breaks a rule, as it is answered. */
export function fieldError(field: string, rule: Text): FieldError {
  const { zh, en } = nameOf(field);
  return { field, rule: rule.en, text: { zh: zh === '' ? rule.zh : `${zh}：${rule.zh}`, en: en === '' ? rule.en : `${en}: ${rule.en}` } };
}

/** `/benefits/0/askedFen` in words; the whole body has no name, and of headers and parameters people know no other. */
function nameOf(field: string): Text {
  if (!field.startsWith('/')) return { zh: field, en: field };
  const parts: Text[] = [];
  for (const step of field.slice(1).split('/').filter((one) => one !== '')) {
    const last = parts.at(-1);
    if (/^\d+$/.test(step) && last) parts[parts.length - 1] = { zh: `${last.zh}第${Number(step) + 1}项`, en: `${last.en}, no. ${Number(step) + 1}` };
    else parts.push((Object.hasOwn(FIELD_TITLES, step) ? FIELD_TITLES[step] : undefined) ?? { zh: step, en: step });
  }
  return { zh: parts.map((part) => part.zh).join(' · '), en: parts.map((part) => part.en).join(' · ') };
}

const MISSING: Text = { zh: '必填', en: 'is needed' };
const zh = z.locales.zhCN().localeError;

/** The rule that an issue is about: our own words where the schema has them, otherwise zod's. The issue must carry its input (`reportInput`). */
export function ruleOf(issue: z.core.$ZodIssue): Text {
  const own = rulesIn(issue.message);
  if (own !== null) return own;
  if (issue.code === 'custom') return { zh: issue.message, en: issue.message };
  if (issue.code === 'invalid_type' && issue.input === undefined) return MISSING;
  const said = zh(issue as z.core.$ZodRawIssue);
  return { zh: (typeof said === 'string' ? said : said?.message) ?? issue.message, en: issue.message };
}
