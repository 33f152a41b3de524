/** What a form still lacks, by the names that people read: native fields that are not valid, and groups that say so themselves (`data-lacking`). */
export interface Lacking { name: string; field: HTMLElement }

/** In the order of the form, each name once. */
export function lackingIn(form: HTMLFormElement): Lacking[] {
  const found = new Map<string, HTMLElement>();
  for (const field of form.querySelectorAll<HTMLElement>('input, select, textarea, fieldset[data-lacking]')) {
    if (!isLacking(field)) continue;
    const name = nameOf(field);
    if (!found.has(name)) found.set(name, field instanceof HTMLFieldSetElement ? field.querySelector<HTMLElement>('input, select, textarea') ?? field : field);
  }
  return [...found].map(([name, field]) => ({ name, field }));
}

function isLacking(field: HTMLElement): boolean {
  if (field instanceof HTMLFieldSetElement) return true;
  const { required, value, disabled } = field as HTMLInputElement;
  return !disabled && (field.matches(':invalid') || field.getAttribute('aria-invalid') === 'true' || (required && value.trim() === ''));
}

function nameOf(field: HTMLElement): string {
  if (field.dataset['lacking'] !== undefined) return field.dataset['lacking'];
  const isChoice = field instanceof HTMLInputElement && (field.type === 'radio' || field.type === 'checkbox');
  const label = isChoice ? field.closest('fieldset')?.querySelector('legend') : field.closest('label')?.querySelector('span');
  return field.getAttribute('aria-label') ?? label?.textContent ?? '';
}
