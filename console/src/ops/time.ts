import type { Language } from '../words/i18n';

/** `16:02:11` in Shanghai. `at` in milliseconds since 1970. */
export const clockWords = (at: number, language: Language): string =>
  new Date(at).toLocaleTimeString(language === 'zh' ? 'zh-CN' : 'en-GB', { timeZone: 'Asia/Shanghai', hourCycle: 'h23' });
