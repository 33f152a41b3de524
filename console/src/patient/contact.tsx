import { useTranslation } from 'react-i18next';
import { useNames } from '../claim/names';
import type { Claim } from './claim';

/** The one person to ask, by name, as large as a telephone number would be. */
export function Contact({ claim: { contact, hospital } }: { claim: Claim }) {
  const { t } = useTranslation('patient');
  const name = useNames();
  return (
    <section className="patient-part patient-contact" aria-labelledby="patient-contact">
      <h2 id="patient-contact">{t('contact.title')}</h2>
      {contact ? <p><b className="patient-name">{contact.name}</b><br />{name('roles', contact.role)} · {name('hospitals', hospital)}</p> : <p>{t('contact.nobody')}</p>}
      <p className="quiet no-print">{t('contact.where')}</p>
    </section>
  );
}

/** Nobody has to use a phone for this. */
export function Paper() {
  const { t } = useTranslation('patient');
  return (
    <section className="patient-part no-print" aria-labelledby="patient-paper">
      <h2 id="patient-paper">{t('paper.title')}</h2>
      <p>{t('paper.how')}</p>
    </section>
  );
}
