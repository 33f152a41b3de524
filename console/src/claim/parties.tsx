import { useTranslation } from 'react-i18next';
import { PatientLinkButton } from '../patient/link-button';
import { useSession, useSettings } from '../session/context';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import type { ClaimView } from './acts/form';
import { useNames } from './names';
import type { People } from './page';

/** Who takes part: the two houses, the patient where the role may know, and the people by name with what they did. */
export function Parties({ claim, people }: { claim: ClaimView; people: People }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const name = useNames();
  const { role } = useSession();
  const { temporalUiUrl } = useSettings();
  const { patient, contact, assessment, amounts, clinical } = claim;
  const did: Array<[string, string | null | undefined]> = [
    ...claim.tasks.map((task): [string, string | null] => [name('tasks', task.kind), task.assignee]),
    [t('parties.accepted'), assessment?.acceptance?.by], [t('parties.recommended'), assessment?.recommendation?.by], [t('parties.decided'), amounts?.decision?.by],
  ];
  const persons = did.flatMap(([what, by]) => (typeof by === 'string' && people[by] !== undefined ? [[what, people[by]] as const] : []));
  return (
    <section className="card" aria-labelledby="parties-title">
      <div className="row"><h2 id="parties-title" className="grow">{t('parties.title')}</h2><PatientLinkButton claimNo={claim.claimNo} /></div>
      <dl className="facts">
        <div><dt>{t('parties.hospital')}</dt><dd>{name('hospitals', claim.hospital)} · {name('departments', claim.department)}</dd></div>
        <div><dt>{t('parties.insurer')}</dt><dd>{name('insurers', claim.insurer)}</dd></div>
        {patient && <div><dt>{t('parties.patient')}</dt><dd>{[patient.name, patient.sex && name('sexes', patient.sex), patient.birthDate].filter(Boolean).join(' · ')}<br /><span className="quiet">{t('parties.record', { no: patient.recordNo })}</span></dd></div>}
        {clinical && <div><dt>{t('parties.event')}</dt><dd>{instantWords(clinical.occurredAt, language)}<br /><span className="quiet">{t('parties.surgery', { at: instantWords(clinical.surgeryAt, language) })}</span></dd></div>}
        {contact && <div><dt>{t('parties.contact')}</dt><dd>{contact.name} · {name('roles', contact.role)}</dd></div>}
        {persons.map(([what, who], n) => <div key={n}><dt>{what}</dt><dd>{who}</dd></div>)}
        {claim.stuck && <div><dt>{t('stuck')}</dt><dd className="due-late">{claim.stuck.cause} · {instantWords(claim.stuck.since, language)}</dd></div>}
      </dl>
      {role === 'ops' && <a className="workflow" href={`${temporalUiUrl}/namespaces/kuaipei/workflows/${encodeURIComponent(`claim:${claim.claimNo}`)}`} target="_blank" rel="noreferrer">{t('parties.workflow')}</a>}
    </section>
  );
}
