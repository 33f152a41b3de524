/** Times as people say them: always of Asia/Shanghai, with the reader's own beside it where that differs (SPEC §1.5). */
import type { Language } from './i18n';

const SHANGHAI = 'Asia/Shanghai';
const locale = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en-GB');
/** In English the month is a word: 04/12 is another day to half of its readers. */
const DAY_TIME: Record<Language, Intl.DateTimeFormatOptions> = {
  zh: { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, en: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
};

/** Making a formatter costs far more than using it, and a list has one for each of its lines. */
const formatters = new Map<string, Intl.DateTimeFormat>();
function format(at: Date, locales: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${locales} ${JSON.stringify(options)}`;
  let known = formatters.get(key);
  if (!known) formatters.set(key, known = new Intl.DateTimeFormat(locales, options));
  return known.format(at);
}

/** Are the reader's clock and Shanghai's apart at this instant? */
function isElsewhere(at: Date): boolean {
  return format(at, 'sv-SE', { dateStyle: 'short', timeStyle: 'short' }) !== format(at, 'sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: SHANGHAI });
}

/** `11-24 16:00`, with the year when it is not this one, and the reader's own time in brackets where it differs. */
export function instantWords(iso: string, language: Language, now: Date = new Date()): string {
  const at = new Date(iso);
  const options = at.getUTCFullYear() === now.getUTCFullYear() ? DAY_TIME[language] : { year: 'numeric' as const, ...DAY_TIME[language] };
  const there = format(at, locale(language), { ...options, timeZone: SHANGHAI });
  return isElsewhere(at) ? `${there} (${language === 'zh' ? '您的时间' : 'your time'} ${format(at, locale(language), DAY_TIME[language])})` : there;
}

/** `16:02:11` in Shanghai. `at`: ISO time, or milliseconds since 1970. */
export const clockWords = (at: string | number, language: Language): string => format(new Date(at), locale(language), { timeStyle: 'medium', timeZone: SHANGHAI });

/** A due time: the end of a day is 24:00 of that day, not 00:00 of the next (SPEC §1.5). */
export function dueWords(iso: string, language: Language, now: Date = new Date()): string {
  const at = new Date(iso);
  if (isElsewhere(at) || format(at, 'sv-SE', { timeStyle: 'medium', timeZone: SHANGHAI }) !== '00:00:00') return instantWords(iso, language, now);
  return instantWords(new Date(at.getTime() - 60_000).toISOString(), language, now).replace('23:59', '24:00');
}

/** `2026-11-24 (周二)`: a day of the Shanghai calendar. */
export function dayWords(day: string, language: Language): string {
  const at = new Date(`${day}T12:00:00+08:00`);
  return `${day} (${at.toLocaleDateString(locale(language), { weekday: 'short', timeZone: SHANGHAI })})`;
}

/** The Shanghai day on which an instant lies; 24:00 belongs to the day it ends. */
export function dayOf(iso: string): string {
  return new Date(Date.parse(iso) - 1).toLocaleDateString('sv-SE', { timeZone: SHANGHAI });
}

/** An instant as people type it in fields of day and time: of Shanghai. */
export function typedTime(at: Date): { day: string; time: string } {
  const [day = '', time = ''] = at.toLocaleString('sv-SE', { timeZone: SHANGHAI }).split(' ');
  return { day, time: time.slice(0, 5) };
}

/** What was typed as day and time of Shanghai, as an instant; null while it is not complete. */
export function instantOf({ day, time }: { day: string; time: string }): string | null {
  const at = new Date(`${day}T${time}:00+08:00`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

export type Urgency = 'late' | 'soon' | 'later' | 'paused' | 'none';
/** Less than this is left: soon. */
const SOON_MS = 4 * 3_600_000;

export const urgencyOf = (dueAt: string | null, paused: boolean, now: number): Urgency =>
  paused ? 'paused' : dueAt === null ? 'none' : Date.parse(dueAt) <= now ? 'late' : Date.parse(dueAt) - now < SOON_MS ? 'soon' : 'later';

const STEPS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]] as const;
const UNITS = { zh: { day: '天', hour: '小时', minute: '分钟' }, en: { day: 'd', hour: 'h', minute: 'min' } };

/** A length of time in its two largest units: `2 d 3 h`, `45 min`. `ms` may be negative: the sign is left to the words around it. */
export function lengthWords(ms: number, language: Language): string {
  let left = Math.max(Math.abs(ms), 60_000);
  const parts: string[] = [];
  for (const [unit, size] of STEPS) {
    const count = Math.floor(left / size);
    if (count > 0 || (parts.length > 0 && parts.length < 2)) parts.push(`${count}${language === 'zh' ? '' : ' '}${UNITS[language][unit]}`);
    left -= count * size;
    if (parts.length === 2) break;
  }
  return parts.filter((part) => !/^0\D/.test(part)).join(language === 'zh' ? '' : ' ');
}
