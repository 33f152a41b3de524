/** One line for the patient: what is kept how long (PIPL art. 17). */
import { shanghaiDay } from '../calendar';
import type { ClaimState } from '../claim/state';
import type { Text } from '../claim/text';
import { dayInWords } from '../claim/words';
import { erasureOf, heldBy, keptOf } from './due';
import { ERASABLE_TITLES, type Keeps } from './rules';

const STAYS: Text = { zh: '编号、金额和日期会保留。', en: 'Numbers, amounts and dates remain.' };

/** What is kept how long, in one or two sentences. */
export function keptInWords(state: ClaimState, keeps: Keeps): Text {
  const kept = keptOf(state, keeps);
  const gone = (['file', 'person'] as const).flatMap((what) => erasureOf(state, what) ?? []);
  const parts: Text[] = gone.map(({ what, at }) => {
    const day = dayInWords(shanghaiDay(at));
    return { zh: `${ERASABLE_TITLES[what].zh}已于${day.zh}按规定删除`, en: `${capital(ERASABLE_TITLES[what].en)}: erased by rule on ${day.en}` };
  });
  for (const { what, months, until } of kept) {
    const { zh, en } = ERASABLE_TITLES[what];
    const day = until === null ? null : dayInWords(until);
    parts.push(day === null
      ? { zh: `${zh}在结案后保存${lengthOf(months).zh}`, en: `${capital(en)}: kept for ${lengthOf(months).en} after the claim has closed` }
      : { zh: `${zh}保存到${day.zh}`, en: `${capital(en)}: kept until ${day.en}` });
  }
  const held = state.stage === 'closed' && kept.length > 0 && heldBy(state).length > 0
    ? { zh: '因仍在处理中的事项，到期后暂不删除。', en: 'They are kept longer while something about the claim is still open.' } : { zh: '', en: '' };
  return { zh: `${parts.map((one) => one.zh).join('，')}${kept.length > 0 ? '，之后删除' : ''}；${STAYS.zh}${held.zh}`, en: [`${parts.map((one) => one.en).join('. ')}${kept.length > 0 ? ', then erased' : ''}.`, STAYS.en, held.en].filter((one) => one !== '').join(' ') };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const lengthOf = (months: number): Text => (months % 12 === 0
  ? { zh: `${months / 12}年`, en: months === 12 ? 'a year' : `${months / 12} years` }
  : { zh: `${months}个月`, en: months === 1 ? 'a month' : `${months} months` });
