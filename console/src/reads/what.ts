import type { TFunction } from 'i18next';

/** What was read, in words: the server says a kind, and an id behind it. `t` is that of `reads`. */
export const whatWords = (t: TFunction<'reads'>, what: string): string => t(`what.${what.split(' ')[0] ?? ''}`, { defaultValue: what });
