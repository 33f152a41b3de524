import { useTranslation } from 'react-i18next';
import { Choices, NoteField } from '../../claim/acts/fields';
import { useActDraft, type ActFormProps } from '../../claim/acts/form';
import { ActFrame } from '../../claim/acts/frame';
import { useNames } from '../../claim/names';
import { openItems } from '../brief/answers';

type Verdict = 'accept-answer' | 'reject-answer' | 'waive-item';

/** Judges one item of a supplement; asks which where it was not opened for one. */
export function JudgeItem({ claim, about, onDone, command }: ActFormProps & { command: Verdict }) {
  const { t } = useTranslation('desk');
  const name = useNames();
  const items = openItems(claim).filter((item) => command === 'waive-item' || item.answer !== null);
  const draft = useActDraft(claim, command, { itemId: about ?? (items.length === 1 ? items[0]?.itemId ?? null : null), note: '' }, about);
  const { itemId, note } = draft.value;
  const chosen = items.find((item) => item.itemId === itemId);
  return (
    <ActFrame claim={claim} command={command} draft={draft} onDone={onDone} valid={chosen !== undefined} body={chosen ? { itemId: chosen.itemId, ...(note.trim() === '' ? {} : { note }) } : null}>
      <Choices legend={t('item.which')} name={`${command}-item`} value={chosen?.itemId ?? null} onChange={(value) => { draft.set({ itemId: value, note }); }}
        options={items.map((item) => ({ value: item.itemId, label: item.document === null ? name('facts', item.fact) : name('documentKinds', item.document), hint: item.answer === null ? t('item.unanswered') : name('answers', item.answer.kind) }))} />
      <NoteField value={note} onChange={(value) => { draft.set({ itemId, note: value }); }} />
    </ActFrame>
  );
}
