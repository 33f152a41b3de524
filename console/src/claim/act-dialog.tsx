import { Button, ConfigProvider } from 'antd';
import { lazy, Suspense, useEffect, useRef, useState, type ComponentType, type LazyExoticComponent } from 'react';
import { useTranslation } from 'react-i18next';
import { focusOn, goOn, useFocusHeading, useOpener } from '../app/focus';
import { Loading } from '../app/loading';
import { useWords } from '../words/use-words';
import { useCommand, type ActFormProps, type ClaimView, type CommandName } from './acts/form';

const files = import.meta.glob<{ default: ComponentType<ActFormProps> }>(['./acts/*.tsx', '!./acts/{frame,fields,changed,proposal,task-choice}.tsx']);
export const forms = new Map<string, LazyExoticComponent<ComponentType<ActFormProps>>>(Object.entries(files).map(([path, load]) => [path.slice('./acts/'.length, -'.tsx'.length), lazy(load)]));

export const isCommandName = (name: string | null): name is CommandName => name !== null && forms.has(name);

/** What says who holds the claim now. */
const HEAD = '.claim-head h1';
/** From this width on a form stands beside what it is about; below it covers the screen. */
const BESIDE = '(min-width: 1100px)';

/** The form of one act, loaded when it is opened. Closed, it gives the focus back; sent, the reader goes on at the head of the claim, which says what comes next. */
export function ActDialog({ claim, command, about, onClose }: { claim: ClaimView; command: CommandName; about: string | null; onClose: () => void }) {
  const { t } = useTranslation('claim');
  const dialog = useRef<HTMLDialogElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const goBack = useOpener();
  const close = (): void => { onClose(); goBack(`[data-act="${command}"]`, HEAD); };
  const done = (): void => { onClose(); goOn(HEAD); };
  useEffect(() => {
    const box = dialog.current;
    if (!box || box.open) return;
    if (window.matchMedia(BESIDE).matches) box.show(); else box.showModal();
    // Until the heading is there: at the button that closes, a quick Enter would.
    focusOn(box);
  }, []);
  useFocusHeading(body);
  const Form = forms.get(command);
  const [wasAllowed] = useState(() => claim.allowed.includes(command));
  return (
    <dialog ref={dialog} className="act-dialog" tabIndex={-1} onClose={(event) => { if (event.target === dialog.current) close(); }} onKeyDown={(event) => { if (event.key === 'Escape' && !event.defaultPrevented) { event.preventDefault(); close(); } }}>
      <Button className="act-close" type="text" onClick={close}>{t('act.close')}</Button>
      <ConfigProvider getPopupContainer={() => dialog.current ?? document.body}>
        <div ref={body}>{Form && wasAllowed ? <Suspense fallback={<Loading />}><Form claim={claim} onDone={done} {...(about === null ? {} : { about })} /></Suspense> : <WhyNot claim={claim} command={command} />}</div>
      </ConfigProvider>
    </dialog>
  );
}

function WhyNot({ claim, command }: { claim: ClaimView; command: CommandName }) {
  const { t } = useTranslation('claim');
  const words = useWords();
  const title = useCommand(command)?.title;
  const why = claim.notNow.find((one) => one.command === command);
  return <section className="act"><h2 tabIndex={-1}>{title && words(title)}</h2><p>{why ? words(why.text) : t('act.notYours')}</p></section>;
}
