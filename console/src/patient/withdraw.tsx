import { Button } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../queue/use-draft';
import { useSendAct } from '../queue/use-send-act';
import type { Claim } from './claim';

/** Withdrawing, after having read what it means. */
export function Withdraw({ claim }: { claim: Claim }) {
  const { t } = useTranslation('patient');
  const dialog = useRef<HTMLDialogElement>(null);
  const why = useDraft(`withdraw ${claim.claimNo}`, '');
  const { send, sending } = useSendAct();
  const second = claim.acts.some((act) => act.command === 'withdraw' && act.second);
  const withdraw = async (): Promise<void> => {
    const note = why.value.trim();
    const outcome = await send({ claimNo: claim.claimNo, command: 'withdraw', body: note === '' ? {} : { note } });
    if (outcome.kind === 'refused') return;
    void why.clear();
    dialog.current?.close();
  };
  return (
    <section className="patient-part no-print" aria-labelledby="patient-withdraw">
      <h2 id="patient-withdraw">{t('withdraw.title')}</h2>
      <p>{t('withdraw.what')}</p>
      <Button size="large" onClick={() => { dialog.current?.showModal(); }}>{t('withdraw.open')}</Button>
      <dialog ref={dialog} className="patient-dialog" aria-labelledby="patient-withdraw-sure">
        <h2 id="patient-withdraw-sure">{t('withdraw.sure')}</h2>
        <p>{t('withdraw.means')}</p>
        {second && <p>{t('withdraw.second')}</p>}
        <label className="patient-field">{t('withdraw.why')}<textarea rows={3} maxLength={2000} value={why.value} onChange={(event) => { why.set(event.target.value); }} /></label>
        <div className="patient-buttons">
          <Button size="large" type="primary" onClick={() => { dialog.current?.close(); }}>{t('withdraw.keep')}</Button>
          <Button size="large" danger loading={sending} onClick={() => { void withdraw(); }}>{t('withdraw.do')}</Button>
        </div>
      </dialog>
    </section>
  );
}
