/** The file name as shown (SPEC §1.3), made harmless. It never takes part in a storage key. */

const LONGEST = 200;
const UNNAMED = 'unnamed';

/**
 * Makes a client's file name safe to show and to save: only its last path part; no control, bidirectional-override or
 * invisible line characters (they make `gpj.exe` read as a picture); nothing a file system or a page of HTML reads as its own; NFC;
 * at most 200 characters, extension kept. Never empty.
 */
export function safeFileName(name: string): string {
  const cleaned = lastPart(name.normalize('NFC'))
    .replace(/[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffd]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  const { stem, extension } = split(cleaned === '' ? UNNAMED : cleaned);
  const room = LONGEST - length(extension);
  return Array.from(stem).slice(0, room).join('').trimEnd() + extension;
}

/** The extension in lower case without its dot, or ''. */
export function extensionOf(name: string): string {
  return split(name).extension.slice(1).toLowerCase();
}

function split(name: string): { stem: string; extension: string } {
  // With a letter and short: the end of `报告2026.11.22` is no extension.
  const found = /^(.+)(\.(?=\d*[A-Za-z])[A-Za-z\d]{1,8})$/u.exec(name);
  return found ? { stem: found[1] ?? '', extension: found[2] ?? '' } : { stem: name, extension: '' };
}

const lastPart = (path: string): string => path.split(/[/\\]/).findLast((part) => part.trim() !== '') ?? '';
const length = (text: string): number => Array.from(text).length;
