import type { TFunction } from 'i18next';
import type { Field } from '../lists/filters';
import type { Titles } from '../lists/use-titles';
import type { Filters } from '../lists/use-filters';

const WHOSE = ['mine', 'pool', 'waiting', 'done'] as const;

/** In the address each of these is a switch of its own; on the screen they are one choice. */
export const whoseOf = (filters: Filters): string => WHOSE.filter((one) => filters[one] === 'true').join(' ');
export const withoutWhose = (filters: Filters): Filters => Object.fromEntries(Object.entries(filters).filter(([name]) => !(WHOSE as readonly string[]).includes(name)));

/** What the inbox can be narrowed by; `flags` when the role sees them, `hospitals` when there is more than the person's own. */
export const taskFields = (t: TFunction<'inbox'>, titles: Titles, { flags, hospitals }: { flags: boolean; hospitals: boolean }): Field[] => [
  { name: 'whose', label: t('whose.all'), options: WHOSE.map((value) => ({ value, label: t(`whose.${value}`) })) },
  { name: 'due', label: t('due.all'), options: (['overdue', 'today', '3d', 'paused'] as const).map((value) => ({ value, label: t(`due.${value}`) })) },
  { name: 'kind', label: t('kind'), options: titles.tasks },
  { name: 'stage', label: t('lists:stage'), options: titles.stages },
  { name: 'tier', label: t('lists:tier'), options: titles.tiers },
  ...(hospitals ? [{ name: 'hospital', label: t('lists:hospital'), options: titles.hospitals }] : []),
  { name: 'department', label: t('lists:department'), options: titles.departments },
  { name: 'returned', label: t('returned') },
  { name: 'breached', label: t('breached') },
  ...(flags ? [{ name: 'flagged', label: t('flagged') }] : []),
];

/** The filters that a choice on the screen means. */
export function withChange(filters: Filters, { whose, ...changes }: Filters): Filters {
  const base = whose === undefined ? filters : { ...withoutWhose(filters), ...Object.fromEntries(whose === '' ? [] : whose.split(' ').map((one) => [one, 'true'])) };
  return Object.fromEntries(Object.entries({ ...base, ...changes }).filter(([, value]) => value !== ''));
}
