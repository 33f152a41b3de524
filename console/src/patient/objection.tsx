import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../queue/use-draft';
import { useSendAct } from '../queue/use-send-act';
import { dayWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import type { Claim } from './claim';

/** Objecting to the decision, with the last day on which one can (SPEC §1.8). */
export function Objection({ claim }: { claim: Claim }) {
  const { t } = useTranslation('patient');
  const language = useLanguage();
  const why = useDraft(`dispute ${claim.claimNo}`, '');
  const { send, sending } = useSendAct();
  const lastDay = claim.letter?.objection.lastDay;
  return (
    <section className="patient-part no-print" aria-labelledby="patient-objection">
      <h2 id="patient-objection">{t('objection.title')}</h2>
      <p>{t('objection.what')}</p>
      {lastDay && <p className="patient-last-day">{t('objection.lastDay', { day: dayWords(lastDay, language) })}</p>}
      <form onSubmit={(event) => {
        event.preventDefault();
        void send({ claimNo: claim.claimNo, command: 'dispute', body: { note: why.value.trim() } }).then((outcome) => { if (outcome.kind !== 'refused') { why.set(''); void why.clear(); } });
      }}>
        <label className="patient-field">{t('objection.why')}<textarea rows={5} maxLength={2000} required value={why.value} onInvalid={(event) => { event.currentTarget.setCustomValidity(t('needed')); }} onChange={(event) => { event.currentTarget.setCustomValidity(''); why.set(event.target.value); }} /></label>
        <Button htmlType="submit" type="primary" size="large" loading={sending}>{t('objection.send')}</Button>
      </form>
    </section>
  );
}
