import { useTranslation } from 'react-i18next';
import { Made } from '../../finance/made';
import { NoteField } from './fields';
import { useActDraft, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function ReturnPayment({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('finance');
  const draft = useActDraft(claim, 'return-payment', '');
  const note = draft.value.trim();
  return (
    <ActFrame claim={claim} command="return-payment" draft={draft} guarded onDone={onDone} valid={note !== ''} body={note === '' ? null : { note }}>
      <Made claim={claim} payments={claim.amounts?.payments.filter((one) => one.status === 'made') ?? []} />
      <NoteField required label={t('return.why')} value={draft.value} onChange={draft.set} />
    </ActFrame>
  );
}
