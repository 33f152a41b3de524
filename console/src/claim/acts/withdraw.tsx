import { useTranslation } from 'react-i18next';
import { NoteField } from './fields';
import { useActDraft, withNote, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function Withdraw({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const draft = useActDraft(claim, 'withdraw', '');
  return (
    <ActFrame claim={claim} command="withdraw" body={withNote({}, draft.value)} valid draft={draft} harm={t('form.withdraw.harm')} onDone={onDone}>
      <NoteField value={draft.value} onChange={draft.set} />
    </ActFrame>
  );
}
