/** A pattern for a PDF name such as `/JavaScript`, any of whose characters may be written as `#` and two hex digits (ISO 32000-2 §7.3.5). */
export function pdfName(name: string): string {
  const letters = Array.from(name, (letter) => {
    const code = letter.charCodeAt(0).toString(16);
    const anyCase = Array.from(code, (digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit)).join('');
    return `(?:${letter}|#${anyCase})`;
  });
  return `/${letters.join('')}`;
}
