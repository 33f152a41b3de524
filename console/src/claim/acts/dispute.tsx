import { useTranslation } from 'react-i18next';
import { NoteField } from './fields';
import { useActDraft, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function Dispute({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const draft = useActDraft(claim, 'dispute', '');
  return (
    <ActFrame claim={claim} command="dispute" body={{ note: draft.value }} valid={draft.value.trim() !== ''} draft={draft} onDone={onDone}>
      <NoteField required label={t('form.dispute.why')} hint={t('form.dispute.hint')} value={draft.value} onChange={draft.set} />
    </ActFrame>
  );
}
