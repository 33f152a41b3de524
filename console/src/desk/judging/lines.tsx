import './style.css';
import { useTranslation } from 'react-i18next';
import type { components } from '../../api/schema';
import { useNames } from '../../claim/names';
import { fenOf, yuan } from '../../words/money';

type Benefit = components['schemas']['Benefit'];
export type Line = components['schemas']['Line'];
/** A line on its way: `approvedFen` is null while what was typed is no amount. */
export interface OpenLine { benefit: Benefit; askedFen: number; approvedFen: number | null }

/** Asked beside approved, line by line, added up as one types. Without `typed` it is for reading. */
export function BenefitLines({ lines, typed, onType }: { lines: readonly OpenLine[]; typed?: Readonly<Partial<Record<Benefit, string>>>; onType?: (benefit: Benefit, text: string) => void }) {
  const { t } = useTranslation('desk');
  const name = useNames();
  const sum = (pick: (line: OpenLine) => number): number => lines.reduce((fen, line) => fen + pick(line), 0);
  const asked = sum((line) => line.askedFen), approved = sum((line) => line.approvedFen ?? 0);
  return (
    <table className="lines">
      <caption className="desk-unseen">{t('lines.caption')}</caption>
      <thead><tr><th scope="col">{t('lines.benefit')}</th><th scope="col">{t('lines.asked')}</th><th scope="col">{t('lines.approved')}</th><th scope="col">{t('lines.difference')}</th></tr></thead>
      <tbody>
        {lines.map((line) => {
          const title = name('benefits', line.benefit);
          const wrong = (typed?.[line.benefit] ?? '') === '' ? null : fault(line);
          return (
            <tr key={line.benefit}>
              <th scope="row">{title}</th>
              <td className="amount" data-label={t('lines.asked')}>{yuan(line.askedFen)}</td>
              <td className="amount" data-label={t('lines.approved')}>
                {onType === undefined ? yuan(line.approvedFen ?? 0) : (
                  <span>
                    <input required inputMode="decimal" autoComplete="off" placeholder="0.00" value={typed?.[line.benefit] ?? ''} aria-label={t('lines.approvedOf', { benefit: title })} aria-invalid={wrong !== null} aria-describedby={`wrong-${line.benefit}`} onChange={(event) => { onType(line.benefit, event.target.value); }} />
                    <small id={`wrong-${line.benefit}`} className="lines-wrong" aria-live="polite">{wrong !== null && t(wrong, { most: yuan(line.askedFen) })}</small>
                  </span>
                )}
              </td>
              <td className="amount lines-difference" data-label={t('lines.difference')}>{line.approvedFen === null ? '–' : less(line.askedFen - line.approvedFen)}</td>
            </tr>
          );
        })}
      </tbody>
      <tfoot><tr><th scope="row">{t('lines.total')}</th><td className="amount" data-label={t('lines.asked')}>{yuan(asked)}</td><td className="amount" data-label={t('lines.approved')}><b>{yuan(approved)}</b></td><td className="amount lines-difference" data-label={t('lines.difference')}>{less(asked - approved)}</td></tr></tfoot>
    </table>
  );
}

const less = (fen: number): string => (fen === 0 ? '–' : yuan(-fen));

/** What is wrong with an amount before it is sent: no amount, or more than was asked. */
function fault({ approvedFen, askedFen }: OpenLine): 'lines.noAmount' | 'lines.above' | null {
  return approvedFen === null ? 'lines.noAmount' : approvedFen > askedFen ? 'lines.above' : null;
}

/** What is asked, with what was typed beside it. */
export const openLines = (asked: ReadonlyArray<{ benefit: Benefit; askedFen: number }>, typed: Readonly<Partial<Record<Benefit, string>>>): OpenLine[] =>
  asked.map(({ benefit, askedFen }) => ({ benefit, askedFen, approvedFen: fenOf(typed[benefit] ?? '') }));

export const areWhole = (lines: readonly OpenLine[]): lines is Line[] => lines.length > 0 && lines.every((line) => fault(line) === null);
