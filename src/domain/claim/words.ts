/** Days and amounts as people write them, for sentences that patients read (SPEC §1.8: plain words). */
import { shanghaiDay } from '../calendar';
import { formatYuan } from '../money';
import type { Text } from './text';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] as const;

/** The Shanghai day (`YYYY-MM-DD`) whose end an instant is, or in which it falls: 24:00 belongs to the day that ends (SPEC §1.5). */
export const lastDayBefore = (iso: string): string => shanghaiDay(new Date(Date.parse(iso) - 1).toISOString());

/** A day `YYYY-MM-DD` in words. */
export function dayInWords(day: string): Text {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return { zh: `${year}年${month}月${date}日`, en: `${date} ${MONTHS[month - 1]!} ${year}` };
}

/** An instant in words: the day alone where it is the end of one, otherwise with the time of day in Shanghai. */
export function timeInWords(iso: string): Text {
  const clock = new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(11, 16);
  const day = dayInWords(lastDayBefore(iso));
  return clock === '00:00' ? day : { zh: `${day.zh} ${clock}`, en: `${clock} on ${day.en}` };
}

/** An amount in fen, in words: 123450 → 1,234.50元, CNY 1,234.50. */
export function moneyInWords(fen: number): Text {
  const yuan = formatYuan(fen).replace(/\B(?=(\d{3})+(?=\.))/g, ',');
  return { zh: `${yuan}元`, en: `CNY ${yuan}` };
}
