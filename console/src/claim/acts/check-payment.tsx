import { useTranslation } from 'react-i18next';
import { Made } from '../../finance/made';
import { yuan } from '../../words/money';
import { NoteField } from './fields';
import { useActDraft, withNote, type ActFormProps } from './form';
import { ActFrame } from './frame';

/** The second pair of eyes sees what the first has made, line by line. */
export default function CheckPayment({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('finance');
  const draft = useActDraft(claim, 'check-payment', '');
  const made = claim.amounts?.payments.filter((one) => one.status === 'made') ?? [];
  const sum = made.reduce((fen, one) => fen + one.amountFen, 0);
  return (
    <ActFrame claim={claim} command="check-payment" draft={draft} guarded harm={t('check.sure', { amount: yuan(sum) })} onDone={onDone} valid={made.length > 0} body={withNote({}, draft.value)}>
      <Made claim={claim} payments={made} />
      <NoteField value={draft.value} onChange={draft.set} />
    </ActFrame>
  );
}
