import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { useWords } from '../../words/use-words';
import { Choices, NoteField } from './fields';
import { useActDraft, type ActBody, type ActFormProps } from './form';
import { ActFrame } from './frame';

type Finding = ActBody<'close-investigation'>['finding'];

export default function CloseInvestigation({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('desk');
  const words = useWords();
  const rules = useRules();
  const draft = useActDraft(claim, 'close-investigation', { finding: null as Finding | null, note: '' });
  const { finding, note } = draft.value;
  return (
    <ActFrame claim={claim} command="close-investigation" draft={draft} guarded onDone={onDone} valid={finding !== null && note.trim() !== ''} body={finding === null ? null : { finding, note }}>
      <Choices legend={t('investigation.finding')} name="investigation-finding" value={finding} onChange={(value) => { draft.set({ finding: value, note }); }} options={(rules?.findings ?? []).map(({ code, title }) => ({ value: code, label: words(title) }))} />
      <NoteField required value={note} onChange={(value) => { draft.set({ finding, note: value }); }} />
    </ActFrame>
  );
}
