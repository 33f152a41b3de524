import { CheckCircleFilled } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRules } from '../api/rules';
import type { components } from '../api/schema';
import { useNames } from '../claim/names';
import type { Claim } from './claim';
import { ChooseFiles } from './choose-files';
import { Asked } from './asked';
import { PaperPicture } from './pictures';

/** What is asked of the patient, each with a picture of it; then what was received. */
export function Papers({ claim }: { claim: Claim }) {
  const { t } = useTranslation('patient');
  const name = useNames();
  const own = useRules()?.documentKinds.filter((kind) => kind.uploaders.includes('patient')).map((kind) => kind.code) ?? [];
  const { clinical } = claim;
  if (!clinical) return null;
  const mayGive = claim.allowed.includes('upload-documents');
  const asked = clinical.supplements.filter((request) => request.endedAt === null).flatMap((request) => request.items).filter((item) => item.from === 'patient');
  const open = claim.stage === 'closed' ? [] : clinical.checklist.filter((line) => line.status === 'missing' && own.includes(line.kind) && !asked.some((item) => item.document === line.kind));
  const received = clinical.checklist.filter((line) => line.status === 'present' && own.includes(line.kind));
  return (
    <section className="patient-part no-print" aria-labelledby="patient-papers">
      <h2 id="patient-papers">{t('papers.title')}</h2>
      {asked.length + open.length === 0 && <p>{t('papers.none')}</p>}
      {asked.length + open.length > 0 && (
        <ul className="patient-papers">
          {asked.map((item) => <Asked key={item.itemId} claim={claim} item={item} />)}
          {open.map((line) => (
            <li key={line.kind}>
              <PaperPicture kind={line.kind} label={t('papers.example', { paper: name('documentKinds', line.kind) })} />
              <div>
                <h3>{name('documentKinds', line.kind)}</h3>
                <p className="quiet">{t(`how.${line.kind}`, { defaultValue: '' })}</p>
                {mayGive && <ChooseFiles claimNo={claim.claimNo} kind={line.kind} />}
              </div>
            </li>
          ))}
        </ul>
      )}
      {received.length > 0 && (
        <>
          <h3>{t('papers.received')}</h3>
          <ul className="patient-received">{received.map((line) => (
            <li key={line.kind}>
              <span className="patient-paper"><CheckCircleFilled className="patient-good" aria-hidden /> <span>{name('documentKinds', line.kind)}</span> <span className="quiet">{t('papers.pages', { count: line.documentIds.length })}</span></span>
              {mayGive && <ChooseFiles claimNo={claim.claimNo} kind={line.kind} more={name('documentKinds', line.kind)} />}
            </li>
          ))}</ul>
        </>
      )}
      {mayGive && own.length > 0 && <Another claim={claim} kinds={own} />}
    </section>
  );
}

/** A paper that nobody asked for. */
function Another({ claim, kinds }: { claim: Claim; kinds: ReadonlyArray<components['schemas']['DocumentKind']> }) {
  const { t } = useTranslation('patient');
  const name = useNames();
  const [kind, setKind] = useState<components['schemas']['DocumentKind']>('other');
  return (
    <details className="patient-more">
      <summary>{t('papers.another')}</summary>
      <label className="patient-field">{t('papers.kind')}
        <select value={kind} onChange={(event) => { setKind(event.target.value as typeof kind); }}>{kinds.map((one) => <option key={one} value={one}>{name('documentKinds', one)}</option>)}</select>
      </label>
      <ChooseFiles claimNo={claim.claimNo} kind={kind} />
    </details>
  );
}
