import fc from 'fast-check';
import { extensionOf, safeFileName } from '../../../src/platform/documents/file-name';

describe('EDGE CASES, Documents: file names', () => {
  it.each([
    ['出院小结.pdf', '出院小结.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\li\\Desktop\\consent.pdf', 'consent.pdf'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['a\u0000b\r\nc.pdf', 'abc.pdf'],
    ['<img src=x onerror=alert(1)>.png', '_img src=x onerror=alert(1)_.png'],
    ['wound 😀 day 3.jpg', 'wound 😀 day 3.jpg'],
    ['..', 'unnamed'],
    ['', 'unnamed'],
    ['dir/', 'dir'],
    ['.pdf', 'pdf'],
    ['Cafe\u0301.pdf', 'Caf\u00e9.pdf'],
  ])('%j is shown as %j', (given, shown) => {
    expect(safeFileName(given)).toBe(shown);
  });

  it('300 characters become 200, extension kept', () => {
    const shown = safeFileName(`${'病'.repeat(300)}.pdf`);
    expect(Array.from(shown)).toHaveLength(200);
    expect(shown.endsWith('病.pdf')).toBe(true);
  });

  it('for any name: not empty, at most 200 characters, nothing harmful left, and safe already when made safe again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ unit: fc.constantFrom('.', '/', ' ', 'a', '\u202e', '\ud800', '文'), maxLength: 400 })), (name) => {
        const shown = safeFileName(name);
        expect(shown).not.toBe('');
        expect(Array.from(shown).length).toBeLessThanOrEqual(200);
        expect(shown).not.toMatch(/[/\\<>\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
        expect(shown).not.toMatch(/^\./);
        expect(safeFileName(shown)).toBe(shown);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([['a.PDF', 'pdf'], ['a', ''], ['报告2026.11.22', ''], ['archive.tar.gz', 'gz'], ['clip.3gp', '3gp'], ['x.最终版', '']])('the extension of %s is "%s"', (name, extension) => {
    expect(extensionOf(name)).toBe(extension);
  });
});
