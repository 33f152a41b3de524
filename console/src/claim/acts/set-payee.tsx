import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { groupsOfFour } from '../../finance/account';
import { Payees } from '../../finance/payees';
import { Field } from './fields';
import type { ActFormProps } from './form';
import { ActFrame } from './frame';

interface Typed { holder: string; bank: string; account: string; share: string }
const EMPTY: Typed = { holder: '', bank: '', account: '', share: '1' };
const digitsOf = (typed: string): string => typed.normalize('NFKC').replace(/[\s-]/g, '');

/** No draft is kept here: account numbers do not stay behind on a shared computer. */
export default function SetPayee({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('finance');
  const [typed, setTyped] = useState<Typed[]>([EMPTY]);
  const present = claim.amounts?.payees;
  const change = (n: number, part: Partial<Typed>): void => { setTyped(typed.map((one, i) => (i === n ? { ...one, ...part } : one))); };
  const valid = typed.every((one) => one.holder.trim() !== '' && one.bank.trim() !== '' && digitsOf(one.account) !== '' && Number.isInteger(Number(one.share)) && Number(one.share) > 0);
  const payees = typed.map((one) => ({ holder: one.holder.trim(), bank: one.bank.trim(), account: digitsOf(one.account), share: Number(one.share) }));
  return (
    <ActFrame claim={claim} command="set-payee" onDone={onDone} valid={valid} missing={t('payee.missing')} body={valid ? { payees } : null}>
      {present && <div><p className={present.faulty ? 'sums-apart' : 'quiet'}>{t(present.faulty ? 'payee.faulty' : 'payee.replaces')}</p><Payees claim={claim} payees={present} /></div>}
      {typed.map((one, n) => (
        <fieldset key={n} className="payee-form">
          <legend>{t('payee.nth', { n: n + 1 })}</legend>
          <Field at={`/payees/${n}/holder`} label={t('payee.holder')}><input required value={one.holder} maxLength={100} autoComplete="off" onChange={(event) => { change(n, { holder: event.target.value }); }} /></Field>
          <Field at={`/payees/${n}/bank`} label={t('payee.bank')}><input required value={one.bank} maxLength={100} autoComplete="off" onChange={(event) => { change(n, { bank: event.target.value }); }} /></Field>
          <Field at={`/payees/${n}/account`} label={t('payee.account')} {...(one.account === '' ? {} : { hint: groupsOfFour(digitsOf(one.account)) })}>
            <input required className="mono" inputMode="numeric" autoComplete="off" value={one.account} onChange={(event) => { change(n, { account: event.target.value }); }} />
          </Field>
          {typed.length > 1 && <Field at={`/payees/${n}/share`} label={t('payee.share')} hint={t('payee.shareHint')}><input type="number" min={1} max={10_000} value={one.share} onChange={(event) => { change(n, { share: event.target.value }); }} /></Field>}
          {typed.length > 1 && <Button onClick={() => { setTyped(typed.filter((_, i) => i !== n)); }}>{t('payee.remove', { n: n + 1 })}</Button>}
        </fieldset>
      ))}
      <Button onClick={() => { setTyped([...typed, EMPTY]); }}>{t('payee.add')}</Button>
    </ActFrame>
  );
}
