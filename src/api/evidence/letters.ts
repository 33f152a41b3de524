/** Decision letters as files of an evidence pack: plain text and a page that loads nothing, in both languages. */
import { letterOf, moneyInWords, dayInWords, type ClaimState, type Contact, type Letter, type Text } from '../../domain/claim';

type Language = keyof Text;
interface LetterFile { name: string; content: string }

/** The letters of every round, each as it last stood; `states`: the claim after each of its events. */
export function lettersOf(states: readonly ClaimState[], contact: Contact | null): LetterFile[] {
  const rounds = new Map<number, Letter>();
  for (const state of states) {
    const letter = letterOf(state, contact);
    if (letter) rounds.set(state.round, letter);
  }
  return [...rounds].flatMap(([round, letter]) => (['zh', 'en'] as const).flatMap((language) => [
    { name: `letters/round-${round}.${language}.txt`, content: `${paragraphsOf(letter, language).join('\n\n')}\n` },
    { name: `letters/round-${round}.${language}.html`, content: pageOf(letter, language) },
  ]));
}

const WORDS = {
  zh: { decided: '决定日期', asked: '申请', approved: '给付', total: '合计' }, en: { decided: 'Decided on', asked: 'asked for', approved: 'paid', total: 'Total' },
} as const;

function paragraphsOf(letter: Letter, language: Language): string[] {
  const words = WORDS[language], colon = language === 'zh' ? '：' : ': ', comma = language === 'zh' ? '，' : ', ';
  const line = (title: string, askedFen: number, approvedFen: number): string => `${title}${colon}${words.asked} ${moneyInWords(askedFen)[language]}${comma}${words.approved} ${moneyInWords(approvedFen)[language]}`;
  return [
    letter.title[language], `${words.decided}${colon}${dayInWords(letter.decidedOn)[language]}`, letter.greeting[language], ...letter.paragraphs.map((one) => one[language]),
    [...letter.lines.map((one) => line(one.title[language], one.askedFen, one.approvedFen)), line(words.total, letter.askedFen, letter.approvedFen)].join('\n'),
    ...letter.reasons.map((one) => `${one.code} ${one.clause}${colon}${one.text[language]}`), letter.objection.text[language], letter.contact[language],
  ];
}

function pageOf(letter: Letter, language: Language): string {
  const [title = '', ...rest] = paragraphsOf(letter, language).map(escaped);
  return [
    `<!doctype html><html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${title}</title>`,
    '<style>body{font:16px/1.7 system-ui,sans-serif;max-width:40em;margin:3em auto;padding:0 1em}p{white-space:pre-line}</style></head>',
    `<body><h1>${title}</h1>`, ...rest.map((one) => `<p>${one}</p>`), '</body></html>', '',
  ].join('\n');
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
