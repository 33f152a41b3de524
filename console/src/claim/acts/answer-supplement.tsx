import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { UploadPicker } from '../../upload/picker';
import { instantWords } from '../../words/time';
import { useLanguage, useWords } from '../../words/use-words';
import { useNames } from '../names';
import { Choices, NoteField } from './fields';
import { useActDraft, type ActBody, type ActFormProps } from './form';
import { ActFrame } from './frame';

type Answer = ActBody<'answer-supplement'>['answer'];

/** One item at a time: by a document of the file (uploaded here or before), or by saying why there is none. */
export default function AnswerSupplement({ claim, about, onDone }: ActFormProps) {
  // The picker's words come with the form: loading them later would hide the form, and lose the focus.
  const { t } = useTranslation(['claim', 'upload']);
  const words = useWords();
  const language = useLanguage();
  const name = useNames();
  const kinds = useRules()?.answers ?? [];
  const request = claim.clinical?.supplements.find((one) => one.endedAt === null);
  const open = request?.items.filter((item) => item.answer === null) ?? [];
  const [chosen, setChosen] = useState(about ?? null);
  const item = open.find((one) => one.itemId === chosen) ?? (open.length === 1 ? open[0] : undefined);
  const draft = useActDraft(claim, 'answer-supplement', { kind: null as Answer['kind'] | null, documentIds: [] as string[], note: '' }, item?.itemId);
  const { kind, documentIds, note } = draft.value;
  const change = (part: Partial<typeof draft.value>): void => { draft.set({ ...draft.value, ...part }); };
  const fitting = (claim.clinical?.documents ?? []).filter((one) => one.supersededBy === null && ((item?.document ?? null) === null || one.kind === item?.document));
  const given = documentIds.filter((id) => fitting.some((one) => one.documentId === id));
  const answer: Answer | null = kind === 'upload' && given.length > 0 ? { kind, documentIds: given }
    : kind === 'already-given' && given[0] !== undefined ? { kind, documentId: given[0] }
    : kind === 'cannot-provide' && note.trim() !== '' ? { kind, note } : null;
  return (
    <ActFrame claim={claim} command="answer-supplement" draft={draft} onDone={onDone} valid={item !== undefined && answer !== null} missing={t('form.answer.missing')} body={item && answer ? { itemId: item.itemId, answer } : null}>
      {open.length > 1 && about === undefined && <Choices legend={t('form.answer.which')} name="item" value={chosen} onChange={setChosen} options={open.map((one) => ({ value: one.itemId, label: one.document === null ? name('facts', one.fact) : name('documentKinds', one.document), ...(one.why === null ? {} : { hint: words(one.why) }) }))} />}
      {item && (
        <>
          <div><p><b>{item.document === null ? name('facts', item.fact) : name('documentKinds', item.document)}</b></p>{item.why !== null && <p className="quoted">{words(item.why)}</p>}</div>
          <Choices legend={t('form.answer.how')} name="answer" value={kind} onChange={(value) => { change({ kind: value, documentIds: [] }); }} options={kinds.map((one) => ({ value: one.code, label: words(one.title), hint: t(`form.answer.${one.code}`) }))} />
          {kind === 'upload' && <UploadPicker of={{ claimNo: claim.claimNo, localId: null }} clinical={claim.clinical} {...(item.document === null ? {} : { first: item.document })} />}
          {(kind === 'upload' || kind === 'already-given') && (
            <fieldset className="field"><legend>{t('form.answer.documents')}</legend>
              {fitting.length === 0 && <p className="quiet">{t('form.answer.noDocuments')}</p>}
              <div className="choices">{fitting.map((one) => (
                <label key={one.documentId}>
                  <input type={kind === 'upload' ? 'checkbox' : 'radio'} name="document" checked={given.includes(one.documentId)} onChange={(event) => { change({ documentIds: kind === 'upload' ? (event.target.checked ? [...given, one.documentId] : given.filter((id) => id !== one.documentId)) : [one.documentId] }); }} />
                  <span>{one.fileName ?? one.documentId}<small className="quiet">{name('documentKinds', one.kind)} · {instantWords(one.at, language)}</small></span>
                </label>
              ))}</div>
            </fieldset>
          )}
          {kind === 'cannot-provide' && <NoteField required value={note} onChange={(value) => { change({ note: value }); }} />}
        </>
      )}
      {open.length === 0 && <p>{t('form.answer.none')}</p>}
    </ActFrame>
  );
}
