/** The fields that forms of acts are made of: native, labelled, one column. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export function Field({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return <label className="field"><span>{label}</span>{children}{hint !== undefined && <small>{hint}</small>}</label>;
}

/** Free text of a person, at most 2000 characters as the server takes it. */
export function NoteField({ value, onChange, required = false, label, hint }: { value: string; onChange: (value: string) => void; required?: boolean; label?: string; hint?: string }) {
  const { t } = useTranslation('claim');
  return (
    <Field label={label ?? t(required ? 'form.reason' : 'form.note')} {...(hint === undefined ? {} : { hint })}>
      <textarea value={value} maxLength={2000} required={required} onChange={(event) => { onChange(event.target.value); }} />
    </Field>
  );
}

export interface Choice<T extends string> { value: T; label: ReactNode; hint?: ReactNode; disabled?: boolean }

/** One of a few, all of them on view. */
export function Choices<T extends string>({ legend, name, options, value, onChange, required = true }: { legend: string; name: string; options: ReadonlyArray<Choice<T>>; value: T | null; onChange: (value: T) => void; required?: boolean }) {
  return (
    <fieldset className="field">
      <legend>{legend}</legend>
      <div className="choices">
        {options.map((option) => (
          <label key={option.value}>
            <input type="radio" name={name} value={option.value} checked={option.value === value} disabled={option.disabled ?? false} required={required} onChange={() => { onChange(option.value); }} />
            <span>{option.label}{option.hint !== undefined && <small className="quiet">{option.hint}</small>}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
