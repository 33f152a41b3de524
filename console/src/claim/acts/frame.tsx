/** The frame of every form of an act: says in advance what the act causes, sends it, and shows a refusal without losing a word. */
import { Button } from 'antd';
import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { RequestFailed } from '../../api/problem';
import { useQueue } from '../../queue/context';
import { useSendAct } from '../../queue/use-send-act';
import { Failure } from '../../words/failure';
import { dueWords, instantWords } from '../../words/time';
import { useLanguage, useWords } from '../../words/use-words';
import { ChangedMeanwhile, useChangedMeanwhile } from './changed';
import { WrongFields } from './fields';
import { lackingIn } from './lacking';
import { useCommand, type ActBody, type ClaimView, type CommandName } from './form';
import './style.css';

interface ActFrameProps<C extends CommandName> {
  claim: ClaimView;
  command: C;
  /** What is sent; `null` while it is not complete. */
  body: ActBody<C> | null;
  /** Is the body complete? Only what is missing in the form; the rules are the server's. */
  valid: boolean;
  onDone: () => void;
  /** Of `useActDraft`: cleared when the act was sent. */
  draft?: { key: string; value: unknown; clear: () => Promise<void>; keptAt: string | null };
  /** The act judges what stands on the screen: what others changed meanwhile is shown before it is sent (`If-Match`). */
  guarded?: boolean;
  /** The act can do harm: this sentence must be ticked first. */
  harm?: string;
  /** What is still missing, in words, said when somebody submits too early and no field says it by itself. */
  missing?: string;
  children?: ReactNode;
}

/** What ends a claim against somebody is sent by a red button. */
const ENDING: readonly CommandName[] = ['reject', 'withdraw', 'void'];

export function ActFrame<C extends CommandName>({ claim, command, body, valid, onDone, draft, guarded = false, harm, missing, children }: ActFrameProps<C>) {
  const { t } = useTranslation('claim');
  const words = useWords();
  const language = useLanguage();
  const queue = useQueue();
  const { send, sending } = useSendAct();
  const described = useCommand(command);
  const changed = useChangedMeanwhile(claim, guarded);
  const [refusal, setRefusal] = useState<RequestFailed | null>(null);
  const [lacking, setLacking] = useState<readonly string[] | null>(null);
  const form = useRef<HTMLFormElement>(null);
  // Each field that is filled in leaves the list.
  useEffect(() => {
    if (lacking === null || form.current === null) return;
    const names = lackingIn(form.current).map(({ name }) => name);
    if (names.length === 0 && valid && body !== null) setLacking(null);
    else if (names.join() !== lacking.join()) setLacking(names);
  });
  const keptAt = draft?.keptAt ?? null;
  const [openedAt] = useState(() => Date.now());
  const opened = useRef<string | null>(null);
  if (opened.current === null && keptAt !== null && Date.parse(keptAt) < openedAt) opened.current = keptAt;
  const id = useId();
  const here = claim.acts.find((act) => act.command === command);
  // Where it is always so, what the act causes says it already.
  const second = here?.second === true && described?.second?.always !== true;
  const title = described ? words(described.title) : '';

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (sending) return;
    const fields = lackingIn(event.currentTarget as HTMLFormElement);
    const early = !valid || body === null || fields.length > 0;
    setLacking(early ? fields.map((one) => one.name) : null);
    if (early) { fields[0]?.field.focus(); return; }
    setRefusal(null);
    const outcome = await send({ claimNo: claim.claimNo, command, body, ...(guarded ? { ifMatch: `"${changed.seen}"` } : {}), ...(draft ? { draft: { key: draft.key, value: draft.value } } : {}) });
    if (outcome.kind === 'refused') {
      setRefusal(new RequestFailed(outcome.status, outcome.problem));
      // It is seen here, with what was typed: it need not stand among what waits to be sent.
      await queue.forget(outcome.id);
      return;
    }
    await draft?.clear();
    onDone();
  }

  return (
    <form ref={form} className={lacking === null ? 'act' : 'act act-early'} noValidate onChange={() => { if (lacking !== null) setLacking([...lacking]); }} aria-labelledby={`${id}-title`} aria-describedby={`${id}-causes`} onSubmit={(event) => { void submit(event); }}>
      <header>
        <h2 id={`${id}-title`} tabIndex={-1}>{title}</h2>
        <p id={`${id}-causes`} className="quiet">{described && words(described.causes)}</p>
        {here && (second || here.pauses || here.newDue !== null) && (
          <ul className="act-hints">
            {second && <li>{t('frame.second')}</li>}
            {here.pauses && <li>{t('frame.pauses')}</li>}
            {here.newDue !== null && <li>{t('frame.newDue', { day: dueWords(here.newDue, language) })}</li>}
          </ul>
        )}
      </header>
      {opened.current !== null && <p className="quiet act-draft">{t('frame.draft', { at: instantWords(opened.current, language) })}</p>}
      <div className="act-fields"><WrongFields value={refusal?.problem?.errors ?? []}>{children}</WrongFields></div>
      {harm !== undefined && <label className="act-harm"><input type="checkbox" required data-lacking={t('frame.tick')} /> <span>{harm}</span></label>}
      {changed.by.length > 0 && <ChangedMeanwhile changes={changed.by} onSeen={() => { changed.seeNow(); setRefusal(null); }} />}
      {refusal && <Failure error={refusal} />}
      {lacking !== null && <p role="alert" className="act-missing">{lacking.length > 0 ? t('frame.lacking', { fields: lacking.join(t('list.comma')) }) : missing ?? t('frame.incomplete')}</p>}
      {!claim.allowed.includes(command) && !sending && <p role="status" className="act-missing">{t('frame.notAllowed')}</p>}
      <footer className="act-end">
        <Button type="primary" htmlType="submit" danger={ENDING.includes(command)} loading={sending} disabled={changed.by.length > 0}>{title}</Button>
      </footer>
    </form>
  );
}
