/** Money as people write it: ¥12,345.60 from integer fen (SPEC §1.9). */
export function yuan(fen: number): string {
  return `${fen < 0 ? '−' : ''}¥${(Math.abs(fen) / 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** What a person typed as yuan, in fen; null when it is no amount. Reads full-width digits, spaces, ¥ and thousands separators. */
export function fenOf(typed: string): number | null {
  const plain = typed.normalize('NFKC').replace(/[\s,¥]/g, '');
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(plain)) return null;
  const [whole = '0', part = ''] = plain.split('.');
  return Number(whole) * 100 + Number(part.padEnd(2, '0'));
}
