import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { useWords } from '../../words/use-words';
import { Choices, NoteField } from './fields';
import { useActDraft, type ActBody, type ActFormProps } from './form';
import { ActFrame } from './frame';

type Reason = ActBody<'set-hold'>['reason'];

export default function SetHold({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('retention');
  const words = useWords();
  const rules = useRules();
  const draft = useActDraft(claim, 'set-hold', { reason: null as Reason | null, note: '' });
  const { reason, note } = draft.value;
  return (
    <ActFrame claim={claim} command="set-hold" draft={draft} onDone={onDone} valid={reason !== null && note.trim() !== ''} body={reason === null ? null : { reason, note }}>
      <Choices legend={t('why')} name="hold-reason" value={reason} onChange={(value) => { draft.set({ reason: value, note }); }} options={(rules?.holdReasons ?? []).map(({ code, title }) => ({ value: code, label: words(title) }))} />
      <NoteField required label={t('words')} value={note} onChange={(value) => { draft.set({ reason, note: value }); }} />
    </ActFrame>
  );
}
