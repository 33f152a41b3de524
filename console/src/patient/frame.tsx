import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { speak } from '../words/i18n';
import { useLanguage } from '../words/use-words';

/** What stands around a patient's page: the name, the other language, nothing of the staff's. */
export function PatientFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation('patient');
  const language = useLanguage();
  return (
    <div className="patient-frame">
      <header className="patient-top no-print">
        <span className="shell-brand"><img src="/icon.svg" alt="" />{t('app:name')}</span>
        <Button size="large" type="text" lang={language === 'zh' ? 'en' : 'zh-CN'} onClick={() => { void speak(language === 'zh' ? 'en' : 'zh'); }}>{language === 'zh' ? 'English' : '中文'}</Button>
      </header>
      <main className="patient-main">{children}</main>
    </div>
  );
}
