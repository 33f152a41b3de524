import { routesOf } from '../../src/api/app';
import type { Deps } from '../../src/api/deps';
import { lettersOf } from '../../src/api/evidence/letters';
import { closedPaid, closedRejected } from '../domain/claim/scenario';

/** Whoever opens it: a browser, a spreadsheet, a mail program. */
const HOSTILE = ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', '=HYPERLINK("http://evil.example","x")', "+cmd|' /C calc'!A0", '@SUM(1+1)', '</title><svg onload=alert(1)>', '&lt;b&gt;'];

describe('issue 5 part 6: spreadsheet and HTML injection in everything exported', () => {
  test('what routes answer is JSON, a stream of events, or the evidence pack: nothing that a browser or a spreadsheet would run', () => {
    const types = routesOf({} as Deps).flatMap((route) => Object.values(route.answers).flatMap((answer) => (answer.schema ? [answer.mediaType ?? 'application/json'] : [])));
    // Whoever adds a CSV or a page to print adds what keeps `=…` and `<…>` from being run, and its test, here.
    expect([...new Set(types)].sort()).toEqual(['application/json', 'application/zip', 'text/event-stream']);
  });

  test.each(HOSTILE)('a letter in an evidence pack says %s and runs nothing', (name) => {
    for (const scenario of [closedPaid(), closedRejected()]) {
      const files = lettersOf([scenario.state], { name, role: 'specialist' });
      expect(files).toHaveLength(4);
      for (const { name: file, content } of files.filter((one) => one.name.endsWith('.html'))) {
        const tags = [...content.matchAll(/<\/?([a-z!][a-z0-9]*)/gi)].map(([, tag = '']) => tag.toLowerCase());
        expect([file, [...new Set(tags)].sort()]).toEqual([file, ['!doctype', 'body', 'h1', 'head', 'html', 'meta', 'p', 'style', 'title']]);
        expect(content).toContain("default-src 'none'");
        expect(content.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).toContain(name);
      }
      // In the plain text a line begins with our own words, whatever it is opened with.
      for (const { content } of files.filter((one) => one.name.endsWith('.txt'))) expect(content.split('\n').filter((line) => /^\s*[=+\-@\t]/.test(line))).toEqual([]);
    }
  });
});
