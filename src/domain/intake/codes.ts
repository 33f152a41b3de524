import type { Text } from '../claim/text';
import type { ComplicationRule, Department, FindingRule, IntakeOutcomeType, UnremarkableCode } from './intake';

/** SNOMED CT, the one code system the tables below are written in. */
export const SNOMED = 'http://snomed.info/sct';

/**
 * The procedures that are surgeries. Anaesthesia, sternotomy, cannulation, X-ray and other companions are not in it, so they never become
 * surgeries of their own. Of two that begin and end together the one further down is taken as the later: the catheter comes before the knife.
 */
export const SURGERIES: ReadonlyMap<string, { name: string; department: Department }> = new Map([
  ['415070008', { name: 'Percutaneous coronary intervention', department: 'cardiac-surgery' }],
  ['433112001', { name: 'Percutaneous mechanical thrombectomy of portal vein', department: 'vascular-surgery' }],
  ['699253003', { name: 'Surgical manipulation of joint of knee', department: 'orthopaedics' }],
  ['287664005', { name: 'Bilateral tubal ligation', department: 'obstetrics' }],
  ['45595009', { name: 'Laparoscopic removal of gall bladder', department: 'general-surgery' }],
  ['80146002', { name: 'Appendectomy', department: 'general-surgery' }],
  ['43075005', { name: 'Partial resection of colon', department: 'general-surgery' }],
  ['418824004', { name: 'Off-pump coronary artery bypass', department: 'cardiac-surgery' }],
  ['232717009', { name: 'Coronary artery bypass grafting', department: 'cardiac-surgery' }],
  ['88039007', { name: 'Transplant of lung', department: 'thoracic-surgery' }],
]);

/** Procedures that show, in the 30 days from a surgery, that it did not go well. */
export const ABNORMAL_PROCEDURES: ReadonlyMap<string, 'transfusion' | 're-exploration'> = new Map([
  ['71493000', 'transfusion'], // Transfusion of packed red blood cells
  ['122460008', 're-exploration'], // Reexploration procedure
]);

/** Encounter types that are an admission to intensive care. */
export const INTENSIVE_CARE: ReadonlySet<string> = new Set([
  '397821002', // Patient transfer to intensive care unit
  '305351004', // Admission to intensive care unit
]);

/** What a complication is called, first match wins. A Condition counts by its SNOMED CT code or by the words of its display. */
export const COMPLICATIONS: ReadonlyArray<{ rule: ComplicationRule; codes: readonly string[]; words: RegExp }> = [
  { rule: 'sepsis', codes: ['91302008', '76571007'], words: /\b(sepsis|septic shock|septica?emia)\b/i },
  { rule: 'renal-failure', codes: ['14669001'], words: /\b(renal|kidney) failure\b|\bacute (renal|kidney) injury\b/i },
  { rule: 'respiratory-failure', codes: ['65710008', '409622000'], words: /\brespiratory failure\b/i },
  { rule: 'stroke', codes: ['230690007'], words: /\b(stroke|cerebrovascular accident)\b/i },
  { rule: 'infarction', codes: ['22298006'], words: /\binfarction\b/i },
  {
    rule: 'organ-rupture',
    codes: [],
    // A torn tendon or ligament is an injury, not an organ: the organ has to be named.
    words: /\b(rupture|perforation)\b.*\b(heart|ventric\w+|aort\w+|vessel|lung|bronch\w+|trachea|o?esophag\w+|stomach|duoden\w+|bowel|intestin\w+|colon|rectum|appendix|gall ?bladder|bile duct|liver|spleen|pancreas|kidney|ureter|bladder|uter\w+)\b|\b(cardiac|ventricular|aortic|gastric|intestinal|bowel|colonic|uterine|splenic|hepatic) (rupture|perforation)\b/i,
  },
  { rule: 'bleeding', codes: [], words: /\b(bleeding|ha?emorrhage)\b/i },
  { rule: 'infection', codes: [], words: /\binfection\b/i },
];

/** "History of …" and SNOMED CT's (situation) and (finding) describe what was or was seen; they are never a complication. */
export const NOT_A_COMPLICATION = /\bhistory of\b|\((situation|finding)\)\s*$/i;

/**
 * How grave a finding makes a claim (SPEC §1.3: re-operation and intensive care are serious; where no source speaks, our decision).
 * Intensive care counts only beside another finding and only when entered at or after it: after heart surgery everybody goes there as planned.
 */
export const FINDINGS: Readonly<Record<FindingRule, { outcomeType: IntakeOutcomeType; text: Text }>> = {
  'death': { outcomeType: 'death', text: { zh: '术后30天内死亡', en: 'Death within 30 days of the surgery' } },
  're-exploration': { outcomeType: 'serious-complication', text: { zh: '术后30天内再次探查手术', en: 'Re-exploration within 30 days of the surgery' } },
  'intensive-care': { outcomeType: 'serious-complication', text: { zh: '异常发生后转入重症监护', en: 'Intensive care entered after the abnormal finding' } },
  'sepsis': { outcomeType: 'serious-complication', text: { zh: '术后脓毒症', en: 'Sepsis after the surgery' } },
  'renal-failure': { outcomeType: 'serious-complication', text: { zh: '术后肾衰竭', en: 'Renal failure after the surgery' } },
  'respiratory-failure': { outcomeType: 'serious-complication', text: { zh: '术后呼吸衰竭', en: 'Respiratory failure after the surgery' } },
  'stroke': { outcomeType: 'serious-complication', text: { zh: '术后卒中', en: 'Stroke after the surgery' } },
  'infarction': { outcomeType: 'serious-complication', text: { zh: '术后梗死', en: 'Infarction after the surgery' } },
  'organ-rupture': { outcomeType: 'serious-complication', text: { zh: '术后器官破裂或穿孔', en: 'Organ rupture or perforation after the surgery' } },
  'transfusion': { outcomeType: 'minor-complication', text: { zh: '术后30天内输血', en: 'Transfusion within 30 days of the surgery' } },
  'bleeding': { outcomeType: 'minor-complication', text: { zh: '术后出血', en: 'Bleeding after the surgery' } },
  'infection': { outcomeType: 'minor-complication', text: { zh: '术后感染', en: 'Infection after the surgery' } },
};

/** Gravest first. */
export const GRAVITY: readonly IntakeOutcomeType[] = ['death', 'serious-complication', 'minor-complication'];

/** Why a surgery opens no claim. */
export const UNREMARKABLE: Readonly<Record<UnremarkableCode, Text>> = {
  'belongs-to-later-surgery': { zh: '之后的异常归于其前最近的一次手术', en: 'What followed belongs to a later surgery, the latest one before it' },
  'death-after-30-days': { zh: '死亡发生在术后30天之后，按规则不属手术死亡', en: 'The death came more than 30 days after the surgery and is not a surgical death by rule' },
  'new-conditions-no-complication': { zh: '术后30天内新记录的诊断均非并发症', en: 'None of the conditions newly recorded in the 30 days after the surgery is a complication' },
  'nothing-abnormal': { zh: '术后30天内无死亡、输血、再次探查或并发症', en: 'No death, transfusion, re-exploration or complication in the 30 days after the surgery' },
};

/** Why the record sets no amount asked. */
export const NO_AMOUNT_ASKED: Text = {
  zh: '病历中的费用为原币种实际费用，无汇率规则；申请金额由申请人填写',
  en: 'The record holds costs in its own currency and no rule gives an exchange rate; the claimant states the amount asked',
};
