import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { useWords } from '../../words/use-words';
import { Choices, NoteField } from './fields';
import { useActDraft, type ActBody, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function PanelDecision({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const words = useWords();
  const votes = useRules()?.votes ?? [];
  const draft = useActDraft(claim, 'panel-decision', { vote: null as ActBody<'panel-decision'>['vote'] | null, note: '' });
  const { vote, note } = draft.value;
  return (
    <ActFrame claim={claim} command="panel-decision" body={vote && { vote, note }} valid={vote !== null && note.trim() !== ''} draft={draft} guarded onDone={onDone}>
      <Choices legend={t('form.panel.vote')} name="vote" options={votes.map((one) => ({ value: one.code, label: words(one.title), hint: t(`form.panel.${one.code}`) }))} value={vote} onChange={(value) => { draft.set({ vote: value, note }); }} />
      <NoteField required value={note} onChange={(value) => { draft.set({ vote, note: value }); }} />
    </ActFrame>
  );
}
