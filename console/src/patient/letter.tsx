import { PrinterOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { components } from '../api/schema';
import { useNames } from '../claim/names';
import { yuan } from '../words/money';
import { dayWords } from '../words/time';
import { useLanguage, useWords } from '../words/use-words';
import type { Claim } from './claim';
import './style.css';

/** The decision as the patient reads it, and as it is printed (SPEC §1.8). Its sentences are the server's. */
export function Letter({ claim, letter }: { claim: Claim; letter: components['schemas']['Letter'] }) {
  const { t } = useTranslation('patient');
  const words = useWords();
  const language = useLanguage();
  const name = useNames();
  return (
    <section className="patient-part patient-letter" aria-labelledby="patient-letter">
      <h2 id="patient-letter">{words(letter.title)}</h2>
      <p className="quiet">{t('number', { claimNo: claim.claimNo })} · {dayWords(letter.decidedOn, language)}</p>
      <p>{words(letter.greeting)}</p>
      {letter.paragraphs.map((one) => <p key={one.en}>{words(one)}</p>)}
      <table>
        <thead><tr><th scope="col">{t('letter.benefit')}</th><th scope="col">{t('letter.asked')}</th><th scope="col">{t('letter.approved')}</th></tr></thead>
        <tbody>{letter.lines.map((line) => <tr key={line.benefit}><th scope="row">{words(line.title)}</th><td className="amount">{yuan(line.askedFen)}</td><td className="amount">{yuan(line.approvedFen)}</td></tr>)}</tbody>
        {letter.lines.length > 1 && <tfoot><tr><th scope="row">{t('letter.total')}</th><td className="amount">{yuan(letter.askedFen)}</td><td className="amount">{yuan(letter.approvedFen)}</td></tr></tfoot>}
      </table>
      {letter.reasons.length > 0 && (
        <>
          <h3>{t('letter.reasons')}</h3>
          <ul>{letter.reasons.map((reason) => <li key={reason.code}>{words(reason.text)} <span className="quiet">{t('letter.clause', { clause: reason.clause })}</span></li>)}</ul>
        </>
      )}
      <h3>{t('letter.objection')}</h3>
      <p>{words(letter.objection.text)}</p>
      {claim.contact && <p className="patient-print-only">{t('letter.contact', { name: claim.contact.name, role: name('roles', claim.contact.role), hospital: name('hospitals', claim.hospital) })}</p>}
      <Button className="no-print" size="large" icon={<PrinterOutlined aria-hidden />} onClick={() => { window.print(); }}>{t('letter.print')}</Button>
    </section>
  );
}
