import { useTranslation } from 'react-i18next';
import { NoteField } from './fields';
import { useActDraft, withNote, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function WithdrawConsent({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('retention');
  const draft = useActDraft(claim, 'withdraw-consent', '');
  return (
    <ActFrame claim={claim} command="withdraw-consent" body={withNote({}, draft.value)} valid draft={draft} onDone={onDone}>
      <NoteField label={t('consentWords')} value={draft.value} onChange={draft.set} />
    </ActFrame>
  );
}
