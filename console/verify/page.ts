/** The page that verifies a pack offline, in a browser: `dev/verify-page.ts` puts it into one file. Needs Ed25519 in WebCrypto (Chromium 137, Firefox 129, Safari 17, and later). */
import { readKeys } from '../../src/verify/keys';
import { verifyPack, type Trusted } from '../../src/verify/pack';
import { sentences, type Report, type Words } from '../../src/verify/report';
import type { Source } from '../../src/verify/zip';
import { browserTools } from './tools';

const WORDS = {
  title: { zh: '证据包核验', en: 'Verify an evidence pack' },
  how: { zh: '全部在您的设备上完成：不联网，文件不会离开本机。', en: 'All of it happens on your device: without a network, and the file does not leave it.' },
  'pack-label': { zh: '证据包（ZIP）', en: 'Evidence pack (ZIP)' },
  'keys-label': { zh: '平台公布的公钥（/v1/evidence-keys 的内容，可不选）', en: "The platform's public keys (what /v1/evidence-keys answers; may be left out)" },
  language: { zh: 'English', en: '中文' },
} as const satisfies Record<string, Words>;
const BUSY: Words = { zh: '正在核验……', en: 'Verifying…' };
const TOO_OLD: Words = { zh: '此浏览器不能核验 Ed25519 签名，请使用较新的浏览器。', en: 'This browser cannot verify Ed25519 signatures: use a newer one.' };
const NO_KEYS: Words = { zh: '所选的公钥文件不是 /v1/evidence-keys 的内容。', en: 'The file of public keys is not what /v1/evidence-keys answers.' };
const UNREAD: Words = { zh: '文件无法读取。', en: 'The file cannot be read.' };

const sourceOf = (file: File): Source => ({ size: file.size, read: async (from, bytes) => new Uint8Array(await file.slice(from, Math.min(file.size, from + bytes)).arrayBuffer()) });
const element = (id: string): HTMLElement => document.getElementById(id)!;
const picked = (id: string): File | undefined => (element(id) as HTMLInputElement).files?.[0];

let language: keyof Words = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
let said: Words[] = [];
let turn = 0;

function show(): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = WORDS.title[language];
  for (const [id, words] of Object.entries(WORDS)) element(id).textContent = words[language];
  element('language').lang = language === 'zh' ? 'en' : 'zh-CN';
  const verdict = element('verdict');
  verdict.replaceChildren();
  for (const words of said) {
    const line = document.createElement('p');
    line.textContent = words[language];
    verdict.append(line);
  }
}

function say(words: Words[], className = ''): void {
  said = words;
  element('verdict').className = className;
  show();
}

async function verify(): Promise<void> {
  const [pack, keys] = [picked('pack'), picked('keys')];
  if (!pack) return;
  const mine = ++turn;
  say([BUSY]);
  let trusted: Trusted = null;
  try {
    trusted = keys ? readKeys(await keys.text()) : null;
  } catch {
    say([NO_KEYS], 'changed');
    return;
  }
  if (!(await hasEd25519())) { say([TOO_OLD], 'changed'); return; }
  const report: Report | null = await verifyPack(sourceOf(pack), browserTools, trusted).catch(() => null);
  if (mine !== turn) return; // another file was chosen meanwhile
  if (report === null) say([UNREAD], 'changed');
  else say(sentences(report), report.isPack && report.faults.length === 0 ? 'genuine' : 'changed');
}

/** A browser that cannot verify must not call a genuine pack changed. */
const hasEd25519 = (): Promise<boolean> => crypto.subtle.importKey('raw', new Uint8Array(32), 'Ed25519', false, ['verify']).then(() => true, (error: unknown) => (error as { name?: string }).name === 'DataError');

element('language').addEventListener('click', () => { language = language === 'zh' ? 'en' : 'zh'; show(); });
for (const id of ['pack', 'keys']) element(id).addEventListener('change', () => { void verify(); });
show();
