import { useEffect, useRef, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { focusOn } from '../app/focus';

/** A field, or a group of them, that says so in words where something in it is still missing. */
export function Wanted({ missing, children }: { missing: boolean; children: ReactNode }) {
  const { t } = useTranslation('report');
  return <div className="wanted" data-missing={missing}>{children}{missing && <small className="field-wrong">{t('needed')}</small>}</div>;
}

/** Leads to the first field that lacks something each time `tries` has grown: whoever sent a form too early goes on there. */
export function useFirstWanted(form: RefObject<HTMLFormElement | null>, tries: number): void {
  const seen = useRef(tries);
  useEffect(() => {
    if (tries === seen.current) return;
    seen.current = tries;
    focusOn(form.current?.querySelector('[data-missing="true"] :is(input, select)'));
  }, [form, tries]);
}
