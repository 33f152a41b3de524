/** The fields that forms of acts are made of: native, labelled, one column. */
import { createContext, use, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../api/problem';
import { useWords } from '../../words/use-words';

/** What the server said of the fields of the body that it refused. */
export const WrongFields = createContext<NonNullable<Problem['errors']>>([]);

/** `at`: where the field stands in the body (JSON pointer); what the server says against it is shown beside it. */
export function Field({ label, hint, at, children }: { label: string; hint?: string; at?: string; children: ReactNode }) {
  const words = useWords();
  const wrong = use(WrongFields).filter(({ field }) => field === at);
  return <label className="field"><span>{label}</span>{children}{hint !== undefined && <small>{hint}</small>}{wrong.map(({ text }) => <small key={text.en} className="field-wrong">{words(text)}</small>)}</label>;
}

/** Free text of a person, at most 2000 characters as the server takes it. */
export function NoteField({ value, onChange, required = false, label, hint }: { value: string; onChange: (value: string) => void; required?: boolean; label?: string; hint?: string }) {
  const { t } = useTranslation('claim');
  return (
    <Field at="/note" label={label ?? t(required ? 'form.reason' : 'form.note')} {...(hint === undefined ? {} : { hint })}>
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
