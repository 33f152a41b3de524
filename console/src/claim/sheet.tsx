import { Button } from 'antd';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';

/** A page of paper over the screen: what it holds is printed alone. `printable={false}`: it brings its own button. */
export function Sheet({ title, printable = true, onClose, children }: { title: string; printable?: boolean; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation('claim');
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => { dialog.current?.showModal(); }, []);
  return createPortal(
    <dialog ref={dialog} className="sheet" aria-labelledby={id} onClose={onClose}>
      <header className="row no-print">{printable && <Button onClick={() => { window.print(); }}>{t('sheet.print')}</Button>}<Button className="sheet-close" onClick={() => { dialog.current?.close(); }}>{t('sheet.close')}</Button></header>
      <h2 id={id} tabIndex={-1} autoFocus>{title}</h2>
      {children}
    </dialog>, document.body);
}
