import { Button, ConfigProvider } from 'antd';
import { lazy, Suspense, useEffect, useRef, useState, type ComponentType, type LazyExoticComponent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../app/loading';
import { useWords } from '../words/use-words';
import { useCommand, type ActFormProps, type ClaimView, type CommandName } from './acts/form';

const files = import.meta.glob<{ default: ComponentType<ActFormProps> }>(['./acts/*.tsx', '!./acts/{frame,fields,changed,proposal,task-choice}.tsx']);
export const forms = new Map<string, LazyExoticComponent<ComponentType<ActFormProps>>>(Object.entries(files).map(([path, load]) => [path.slice('./acts/'.length, -'.tsx'.length), lazy(load)]));

export const isCommandName = (name: string | null): name is CommandName => name !== null && forms.has(name);

/** From this width on a form stands beside what it is about; below it covers the screen. */
const BESIDE = '(min-width: 1100px)';

/** The form of one act, loaded when it is opened. */
export function ActDialog({ claim, command, about, onClose }: { claim: ClaimView; command: CommandName; about: string | null; onClose: () => void }) {
  const { t } = useTranslation('claim');
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const box = dialog.current;
    if (!box || box.open) return;
    if (window.matchMedia(BESIDE).matches) box.show(); else box.showModal();
    box.scrollIntoView({ block: 'nearest' });
  }, []);
  const Form = forms.get(command);
  const [wasAllowed] = useState(() => claim.allowed.includes(command));
  return (
    <dialog ref={dialog} className="act-dialog" onClose={(event) => { if (event.target === dialog.current) onClose(); }} onKeyDown={(event) => { if (event.key === 'Escape' && !event.defaultPrevented) { event.preventDefault(); onClose(); } }}>
      <Button className="act-close" type="text" onClick={onClose}>{t('act.close')}</Button>
      <ConfigProvider getPopupContainer={() => dialog.current ?? document.body}>
        {Form && wasAllowed ? <Suspense fallback={<Loading />}><FocusTitle><Form claim={claim} onDone={onClose} {...(about === null ? {} : { about })} /></FocusTitle></Suspense> : <FocusTitle><WhyNot claim={claim} command={command} /></FocusTitle>}
      </ConfigProvider>
    </dialog>
  );
}

/** The reader of a screen begins at the title of what has opened. */
function FocusTitle({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { box.current?.querySelector('h2')?.focus({ preventScroll: true }); }, []);
  return <div ref={box}>{children}</div>;
}

function WhyNot({ claim, command }: { claim: ClaimView; command: CommandName }) {
  const { t } = useTranslation('claim');
  const words = useWords();
  const title = useCommand(command)?.title;
  const why = claim.notNow.find((one) => one.command === command);
  return <section className="act"><h2 tabIndex={-1}>{title && words(title)}</h2><p>{why ? words(why.text) : t('act.notYours')}</p></section>;
}
