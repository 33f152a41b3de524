import { Button } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../queue/use-draft';
import { useSendAct } from '../queue/use-send-act';
import { useWords } from '../words/use-words';
import type { Claim } from './claim';

/** What is kept how long, in one line; and consent to it withdrawn, after having read what that means. */
export function Retention({ claim }: { claim: Claim }) {
  const { t } = useTranslation('patient');
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const why = useDraft(`withdraw-consent ${claim.claimNo}`, '');
  const { send, sending } = useSendAct();
  const withdraw = async (): Promise<void> => {
    const note = why.value.trim();
    const outcome = await send({ claimNo: claim.claimNo, command: 'withdraw-consent', body: note === '' ? {} : { note } });
    if (outcome.kind === 'refused') return;
    void why.clear();
    dialog.current?.close();
  };
  return (
    <section className="patient-part" aria-labelledby="patient-retention">
      <h2 id="patient-retention">{t('retention.title')}</h2>
      <p>{words(claim.retention.plain)}</p>
      {claim.allowed.includes('withdraw-consent') && <Button className="no-print" size="large" onClick={() => { dialog.current?.showModal(); }}>{t('retention.open')}</Button>}
      <dialog ref={dialog} className="patient-dialog" aria-labelledby="patient-retention-sure">
        <h2 id="patient-retention-sure">{t('retention.sure')}</h2>
        <p>{t('retention.means')}</p>
        <label className="patient-field">{t('retention.why')}<textarea rows={3} maxLength={2000} value={why.value} onChange={(event) => { why.set(event.target.value); }} /></label>
        <div className="patient-buttons">
          <Button size="large" type="primary" onClick={() => { dialog.current?.close(); }}>{t('retention.keep')}</Button>
          <Button size="large" danger loading={sending} onClick={() => { void withdraw(); }}>{t('retention.do')}</Button>
        </div>
      </dialog>
    </section>
  );
}
