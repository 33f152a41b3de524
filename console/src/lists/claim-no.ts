/** The claim number in a text that holds nothing else, as people paste it: spaces, full-width characters and small letters are forgiven. */
export function claimNoIn(text: string): string | null {
  return /^KP-\d{4}-\d{6,}$/.exec(text.normalize('NFKC').replace(/\s/g, '').replace(/[‐-―−]/g, '-').toUpperCase())?.[0] ?? null;
}
