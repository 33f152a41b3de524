/** The two languages. Each area keeps its texts in `texts/zh.json` and `texts/en.json` beside its screens; only what a screen needs is loaded. */
import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';

export type Language = 'zh' | 'en';
const KEPT = 'kuaipei.language';

const files = import.meta.glob<{ default: Record<string, unknown> }>('../*/texts/*.json');
const backend: BackendModule = {
  type: 'backend', init: () => undefined,
  read(language, area, done) {
    const load = files[`../${area}/texts/${language}.json`];
    if (!load) { done(new Error(`no texts of ${area} in ${language}`), null); return; }
    load().then(({ default: texts }) => { done(null, texts); }, (error: unknown) => { done(error as Error, null); });
  },
};

export async function startLanguages(): Promise<void> {
  await i18next.use(backend).use(initReactI18next).init({
    lng: readLanguage(), supportedLngs: ['zh', 'en'], fallbackLng: false, ns: ['app'], defaultNS: 'app',
    interpolation: { escapeValue: false }, react: { useSuspense: true }, returnNull: false,
  });
  showLanguage(i18next.language as Language);
}

export async function speak(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  await i18next.changeLanguage(language);
  showLanguage(language);
}

function readLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function showLanguage(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}
