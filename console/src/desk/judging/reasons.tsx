import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import type { components } from '../../api/schema';
import { useWords } from '../../words/use-words';

type ReasonCode = components['schemas']['ReasonCode'];
type Reason = NonNullable<ReturnType<typeof useRules>>['reasons'][number];

/** Reason codes, found by code, words or clause; only families on which this decision may stand. */
export function ReasonPicker({ decision, chosen, required = false, onChange }: { decision: components['schemas']['Decision']; chosen: readonly ReasonCode[]; required?: boolean; onChange: (codes: ReasonCode[]) => void }) {
  const { t } = useTranslation('desk');
  const words = useWords();
  const rules = useRules();
  const id = useId();
  const [sought, setSought] = useState('');
  const families = rules?.decisions.find(({ code }) => code === decision)?.families ?? [];
  const offered = (rules?.reasons ?? []).filter(({ family }) => families.includes(family));
  const found = offered.filter((reason) => chosen.includes(reason.code) || isMeant(reason, sought));
  const toggle = (code: ReasonCode): void => { onChange(chosen.includes(code) ? chosen.filter((one) => one !== code) : [...chosen, code]); };
  return (
    <fieldset className="field reason-picker" {...(required && chosen.length === 0 ? { 'data-lacking': t('reasons.title') } : {})}>
      <legend>{t('reasons.title')}</legend>
      {chosen.length > 0 && <ReasonList codes={chosen} />}
      <input type="search" value={sought} placeholder={t('reasons.search')} aria-label={t('reasons.search')} aria-controls={id} onChange={(event) => { setSought(event.target.value); }}
        onKeyDown={(event) => {
          // Enter takes the only one left, instead of sending the form.
          if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
          event.preventDefault();
          const left = found.filter(({ code }) => !chosen.includes(code));
          if (left.length === 1 && left[0]) { toggle(left[0].code); setSought(''); }
        }} />
      <div id={id} className="choices" role="group" aria-label={t('reasons.title')}>
        {found.map((reason) => (
          <label key={reason.code}>
            <input type="checkbox" checked={chosen.includes(reason.code)} onChange={() => { toggle(reason.code); }} />
            <span><b className="mono">{reason.code}</b> {words(reason.title)} <span className="quiet">{t('reasons.clause', { clause: reason.clause })}</span></span>
          </label>
        ))}
        {found.length === 0 && <p className="quiet">{t('reasons.none')}</p>}
      </div>
    </fieldset>
  );
}

const isMeant = ({ code, title, clause }: Reason, sought: string): boolean => {
  const text = `${code} ${title.zh} ${title.en} ${clause}`.toLowerCase();
  return sought.normalize('NFKC').toLowerCase().trim().split(/\s+/).every((part) => text.includes(part));
};

/** The reasons of a decision in words, each with its clause. */
export function ReasonList({ codes }: { codes: readonly ReasonCode[] }) {
  const { t } = useTranslation('desk');
  const words = useWords();
  const rules = useRules();
  return (
    <ul className="reason-list">
      {codes.map((code) => {
        const reason = rules?.reasons.find((one) => one.code === code);
        return <li key={code}><b className="mono">{code}</b> {reason && words(reason.title)} {reason && <span className="quiet">{t('reasons.clause', { clause: reason.clause })}</span>}</li>;
      })}
    </ul>
  );
}
