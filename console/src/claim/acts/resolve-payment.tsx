import { useTranslation } from 'react-i18next';
import { fenOf, yuan } from '../../words/money';
import { useNames } from '../names';
import { Choices, Field, NoteField } from './fields';
import { useActDraft, type ActFormProps } from './form';
import { ActFrame } from './frame';

type What = 'nothing' | 'whole' | 'other';

/** What the bank's own papers say of a payment whose answer did not come or did not fit. */
export default function ResolvePayment({ claim, about, onDone }: ActFormProps) {
  const { t } = useTranslation('finance');
  const name = useNames();
  const sent = claim.amounts?.payments.filter((one) => one.status === 'checked') ?? [];
  const holderOf = (payeeId: string): string | null => claim.amounts?.payees?.list.find((one) => one.payeeId === payeeId)?.holder ?? null;
  const draft = useActDraft(claim, 'resolve-payment', { key: about ?? null, what: null as What | null, paid: '', note: '' }, about);
  const { what, paid, note } = draft.value;
  const change = (part: Partial<typeof draft.value>): void => { draft.set({ ...draft.value, ...part }); };
  const payment = sent.find((one) => one.key === draft.value.key) ?? (sent.length === 1 ? sent[0] : undefined);
  const paidFen = what === 'nothing' ? 0 : what === 'whole' ? payment?.amountFen ?? null : fenOf(paid);
  const valid = payment !== undefined && what !== null && paidFen !== null && note.trim() !== '';
  return (
    <ActFrame claim={claim} command="resolve-payment" draft={draft} guarded harm={t('resolve.sure')} onDone={onDone} valid={valid} missing={t('resolve.missing')} body={valid ? { key: payment.key, paidFen, note: note.trim() } : null}>
      <Choices legend={t('resolve.which')} name="payment" value={payment?.key ?? null} onChange={(key) => { change({ key }); }} options={sent.map((one) => ({ value: one.key, label: [name('benefits', one.benefit), holderOf(one.payeeId), t('resolve.ordered', { amount: yuan(one.amountFen) })].filter(Boolean).join(' · '), hint: one.key }))} />
      <Choices<What> legend={t('resolve.what')} name="what" value={what} onChange={(value) => { change({ what: value }); }} options={[
        { value: 'nothing', label: t('resolve.nothing'), hint: t('resolve.nothingHint') },
        { value: 'whole', label: t('resolve.whole'), ...(payment ? { hint: t('resolve.wholeHint', { amount: yuan(payment.amountFen) }) } : {}) },
        { value: 'other', label: t('resolve.other'), hint: t('resolve.otherHint') },
      ]} />
      {what === 'other' && <Field label={t('resolve.paid')} {...(paidFen === null ? {} : { hint: yuan(paidFen) })}><input required inputMode="decimal" autoComplete="off" value={paid} aria-invalid={paid !== '' && paidFen === null} onChange={(event) => { change({ paid: event.target.value }); }} /></Field>}
      <NoteField required label={t('resolve.why')} value={note} onChange={(value) => { change({ note: value }); }} />
    </ActFrame>
  );
}
