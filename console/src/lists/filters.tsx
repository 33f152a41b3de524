import { FilterOutlined } from '@ant-design/icons';
import { useId, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { backToList } from './back-to-list';
import { useNarrow } from './narrow';
import type { Filters } from './use-filters';

/** What a list can be narrowed by: one of several values, or a switch. */
export interface Field { name: string; label: string; options?: ReadonlyArray<{ value: string; label: string }> }

interface Given { fields: readonly Field[]; filters: Filters; onChange: (changes: Filters) => void }

/** The filters of a list: in a row where there is room, in a sheet on a phone. */
export function FilterBar(given: Given) {
  const { t } = useTranslation('lists');
  const narrow = useNarrow();
  const names = given.fields.map(({ name }) => name).filter((name) => (given.filters[name] ?? '') !== '');
  const clear = (): void => { given.onChange(Object.fromEntries(names.map((name) => [name, '']))); };
  if (narrow) return <Sheet {...given} count={names.length} onClear={clear} />;
  return (
    <div className="filters-inline" role="group" aria-label={t('filters')}>
      <Fields {...given} />
      {names.length > 0 && <button type="button" className="link-button" onClick={clear}>{t('clear')}</button>}
    </div>
  );
}

function Sheet({ count, onClear, ...given }: Given & { count: number; onClear: () => void }) {
  const { t } = useTranslation('lists');
  const sheet = useRef<HTMLDialogElement>(null);
  const title = useId();
  return (
    <>
      <button type="button" className="plain-button filters-open" onClick={() => { sheet.current?.showModal(); }}><FilterOutlined aria-hidden /> {t('filters')}{count > 0 && ` (${count})`}</button>
      <dialog ref={sheet} className="card sheet" aria-labelledby={title} onClick={(event) => { if (event.target === sheet.current) sheet.current.close(); }}>
        <h2 id={title}>{t('filters')}</h2>
        <Fields {...given} />
        <div className="row sheet-foot">
          <button type="button" className="plain-button" disabled={count === 0} onClick={onClear}>{t('clear')}</button>
          <button type="button" className="plain-button main-button" onClick={() => { sheet.current?.close(); }}>{t('showList')}</button>
        </div>
      </dialog>
    </>
  );
}

/** Letters choose in a list of choices; Esc leads back to where they are keys. */
const leave = (event: KeyboardEvent): void => {
  if (event.key !== 'Escape' || event.currentTarget.closest('dialog')) return;
  event.preventDefault();
  backToList();
};

function Fields({ fields, filters, onChange }: Given) {
  return fields.map(({ name, label, options }) => {
    const value = filters[name] ?? '';
    if (!options) {
      return <label key={name} className="filter-switch"><input type="checkbox" checked={value === 'true'} onChange={(event) => { onChange({ [name]: event.target.checked ? 'true' : '' }); }} /> {label}</label>;
    }
    // A value of the address that is none of ours is shown as it is.
    const all = value === '' || options.some((one) => one.value === value) ? options : [...options, { value, label: value }];
    return (
      <select key={name} className="filter" aria-label={label} data-set={value !== ''} value={value} onKeyDown={leave} onChange={(event) => { onChange({ [name]: event.target.value }); }}>
        <option value="">{label}</option>
        {all.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
      </select>
    );
  });
}
