import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Issue 4 part 9: zh-CN and en complete. */
const source = join(__dirname, '../../console/src');
type Texts = { [key: string]: string | Texts };

const flat = (texts: Texts, before = ''): Array<[string, string]> =>
  Object.entries(texts).flatMap(([key, value]) => (typeof value === 'string' ? [[`${before}${key}`, value] as [string, string]] : flat(value, `${before}${key}.`)));
const read = (area: string, language: string): Array<[string, string]> => flat(JSON.parse(readFileSync(join(source, area, 'texts', `${language}.json`), 'utf8')) as Texts);
/** What stands between braces is filled in. */
const holes = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name).sort();
/** English counts one and many apart; Chinese does not. */
const meaning = (key: string): string => key.replace(/_(one|other)$/, '');

const areas = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(join('texts', 'zh.json'))).map((path) => path.slice(0, -join('/texts', 'zh.json').length));
const sources = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts')).map((path) => [path, readFileSync(join(source, path), 'utf8')] as const);

test.each(areas)('%s: both languages say the same things, with the same blanks, and neither says nothing', (area) => {
  const [zh, en] = [read(area, 'zh'), read(area, 'en')];
  expect([...new Set(zh.map(([key]) => meaning(key)))].sort()).toEqual([...new Set(en.map(([key]) => meaning(key)))].sort());
  expect([...zh, ...en].filter(([, text]) => text.trim() === '').map(([key]) => key)).toEqual([]);
  const english = new Map(en.map(([key, text]) => [meaning(key), holes(text)]));
  expect(zh.filter(([key, text]) => holes(text).join() !== english.get(meaning(key))?.join()).map(([key]) => key)).toEqual([]);
});

test.each(areas)('%s: the Chinese is Chinese, the English is English', (area) => {
  // A button that switches the language says so in the other one.
  const other = ['tools.language', 'name'];
  expect(read(area, 'zh').filter(([key, text]) => /[A-Za-z]{4,} [A-Za-z]{2,} [A-Za-z]{2,}/.test(text) && !other.includes(key)).map(([key]) => key)).toEqual([]);
  expect(read(area, 'en').filter(([key, text]) => /\p{Script=Han}/u.test(text) && !other.includes(key)).map(([key]) => key)).toEqual([]);
});

test('every text that a screen asks for by a fixed name is there', () => {
  const missing = sources.flatMap(([path, code]) => {
    const namespaces = [...code.matchAll(/useTranslation\(\s*\[?'([\w-]+(?:\/[\w-]+)?)'/g)].map(([, area = '']) => area);
    if (namespaces.length === 0) return [];
    const known = new Set(namespaces.flatMap((area) => read(area, 'zh').map(([key]) => meaning(key))));
    const asked = [...code.matchAll(/\bt\w?\('([\w.-]+)'/g)].map(([, key = '']) => key);
    return asked.filter((key) => !known.has(key)).map((key) => `${path}: ${key}`);
  });
  expect(missing).toEqual([]);
});
