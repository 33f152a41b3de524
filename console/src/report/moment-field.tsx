import { useTranslation } from 'react-i18next';
import { typedTime } from '../words/time';
import type { Moment } from './report';

/** A day and a time of Shanghai, typed with the phone's own wheels; never ahead of now. */
export function MomentField({ legend, hint, value, onChange, required = true }: { legend: string; hint?: string; value: Moment; onChange: (value: Moment) => void; required?: boolean }) {
  const { t } = useTranslation('report');
  const { day } = typedTime(new Date());
  return (
    <fieldset className="field">
      <legend>{legend}</legend>
      <div className="moment">
        <input type="date" aria-label={`${legend}: ${t('field.day')}`} value={value.day} max={day} required={required} onChange={(event) => { onChange({ ...value, day: event.target.value }); }} />
        <input type="time" aria-label={`${legend}: ${t('field.time')}`} value={value.time} required={required} onChange={(event) => { onChange({ ...value, time: event.target.value }); }} />
        <button type="button" className="plain-button" aria-label={`${legend}: ${t('field.now')}`} onClick={() => { onChange(typedTime(new Date())); }}>{t('field.now')}</button>
      </div>
      {hint !== undefined && <small>{hint}</small>}
    </fieldset>
  );
}
