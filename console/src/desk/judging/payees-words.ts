import type { ClaimView } from '../../claim/acts/form';

/** To whom would be paid, in one line; null while nobody is named. */
export function payeesWords({ amounts }: ClaimView): string | null {
  const list = amounts?.payees?.list ?? [];
  return list.length === 0 ? null : list.map(({ holder, bank, account }) => [holder, bank, account].filter((part) => part !== null).join(' · ')).join(' / ');
}

/** What a decision pays in all, in fen. */
export const sumOf = (lines: ReadonlyArray<{ approvedFen: number }>): number => lines.reduce((fen, line) => fen + line.approvedFen, 0);
