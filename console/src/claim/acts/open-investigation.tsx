import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { useWords } from '../../words/use-words';
import { Choices, NoteField } from './fields';
import { useActDraft, type ActBody, type ActFormProps } from './form';
import { ActFrame } from './frame';

type Reason = ActBody<'open-investigation'>['reason'];

export default function OpenInvestigation({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('desk');
  const words = useWords();
  const rules = useRules();
  const draft = useActDraft(claim, 'open-investigation', { reason: null as Reason | null, note: '' });
  const { reason, note } = draft.value;
  return (
    <ActFrame claim={claim} command="open-investigation" draft={draft} guarded onDone={onDone} valid={reason !== null} body={reason === null ? null : { reason, ...(note.trim() === '' ? {} : { note }) }}>
      <Choices legend={t('investigation.why')} name="investigation-reason" value={reason} onChange={(value) => { draft.set({ reason: value, note }); }} options={(rules?.investigationReasons ?? []).map(({ code, title }) => ({ value: code, label: words(title) }))} />
      <NoteField value={note} onChange={(value) => { draft.set({ reason, note: value }); }} />
    </ActFrame>
  );
}
