import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useRules } from '../api/rules';
import type { components } from '../api/schema';
import { useSession } from '../session/context';
import { useFiling } from '../upload/filing';
import { bytesWords } from '../words/bytes';
import { instantWords } from '../words/time';
import { useLanguage, useWords } from '../words/use-words';
import type { ClaimView, CommandName } from './acts/form';
import { useNames } from './names';
import { OpenDocument } from './open-document';
import type { People } from './page';

type File = components['schemas']['Clinical'];
type Line = components['schemas']['ChecklistLine'];
type Document = components['schemas']['ClaimDocument'];
interface Given { claim: ClaimView; file: File; people: People }

const ORDER: ReadonlyArray<Line['status']> = ['missing', 'gap', 'waived', 'present', 'not-asked'];

/** The file by the matrix (SPEC §1.3): what is there, what is missing and from whom, and why it is needed. */
export function Documents({ claim, file, people }: Given) {
  const { t } = useTranslation('claim');
  const needed = file.checklist.filter((line) => line.status !== 'not-asked').toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const rest = file.checklist.filter((line) => line.status === 'not-asked');
  const filing = useFiling(claim.claimNo, file);
  const missing = needed.filter((line) => line.status === 'missing' && !filing.has(line.kind)).length;
  return (
    <section className="card" aria-labelledby="documents-title">
      <div className="row"><h2 id="documents-title" className="grow">{t('documents.title')}</h2><span className={missing > 0 ? 'due-soon' : 'quiet'}>{[missing > 0 && t('documents.missing', { count: missing }), filing.size > 0 && t('documents.filing', { count: filing.size }), missing + filing.size === 0 && t('documents.whole')].filter(Boolean).join(' · ')} · {t('documents.version', { n: file.fileVersion })}</span></div>
      <ul className="checklist">{needed.map((line) => <ChecklistRow key={line.kind} line={line} filing={filing.has(line.kind)} claim={claim} file={file} people={people} />)}</ul>
      {file.uploads.length > 0 && <p className="due-soon">{t('documents.uploads', { count: file.uploads.length })}</p>}
      {rest.length > 0 && <details><summary>{t('documents.rest', { count: rest.length })}</summary><ul className="checklist">{rest.map((line) => <ChecklistRow key={line.kind} line={line} filing={filing.has(line.kind)} claim={claim} file={file} people={people} />)}</ul></details>}
    </section>
  );
}

function ChecklistRow({ line, filing, claim, file, people }: Given & { line: Line; filing: boolean }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const why = useWhyNeeded(file.outcomeType);
  const documents = line.documentIds.flatMap((id) => file.documents.filter((document) => document.documentId === id));
  const older = file.documents.filter((document) => document.kind === line.kind && document.supersededBy !== null);
  const gap = file.gaps.find((one) => one.kind === line.kind);
  return (
    <li className={`check check-${line.status}`}>
      <span className={`check-mark mark-${line.status}`}>{t(`check.${line.status}`)}</span>
      <p className="check-kind">{name('documentKinds', line.kind)}<small className="quiet">{why(line)}</small></p>
      <div className="grow">
        {gap && line.status !== 'present' && <p className="quiet">{t('check.gapReason', { reason: name('gapReasons', gap.reason) })}</p>}
        {filing && <p role="status">{t('check.filing')}</p>}
        {documents.map((document) => <DocumentRow key={document.documentId} document={document} claim={claim} people={people} />)}
        {older.length > 0 && <details><summary>{t('document.older', { count: older.length })}</summary>{older.map((document) => <DocumentRow key={document.documentId} document={document} claim={claim} people={people} />)}</details>}
      </div>
      {line.status !== 'present' && !filing && <LineActs claim={claim} line={line} />}
    </li>
  );
}

/** What can be done about a document that is not there, where the reader may. */
function LineActs({ claim, line }: { claim: ClaimView; line: Line }) {
  const { t } = useTranslation('claim');
  const { role } = useSession();
  const mine = useRules()?.documentKinds.find((one) => one.code === line.kind)?.uploaders.some((one) => one === role) ?? false;
  const acts: Array<[CommandName, boolean]> = [['upload-documents', mine], ['declare-gap', line.status === 'missing'], ['waive-document', line.status !== 'waived' && line.need !== 'not-asked']];
  const shown = acts.filter(([command, fits]) => fits && line.status !== 'not-asked' && claim.allowed.includes(command));
  const [, setParams] = useSearchParams();
  if (shown.length === 0) return null;
  return <span className="row no-print">{shown.map(([command]) => <Button key={command} size="small" onClick={() => { setParams({ act: command, about: line.kind }); }}>{t(`check.act.${command}`)}</Button>)}</span>;
}

function DocumentRow({ document, claim, people }: { document: Document; claim: ClaimView; people: People }) {
  const { t } = useTranslation('claim');
  const language = useLanguage();
  const [, setParams] = useSearchParams();
  return (
    <div className="document">
      {claim.retention.erased.some((one) => one.what === 'file') ? <em className="quiet">{t('document.erased')}</em> : <OpenDocument documentId={document.documentId} name={document.fileName ?? document.documentId} />}
      <span className="quiet">{[bytesWords(document.bytes), people[document.by], instantWords(document.at, language)].filter(Boolean).join(' · ')}</span>
      {document.late && <span className="tag tag-soon">{t('document.late')}</span>}
      {document.inspection.map((flag) => <span key={flag} className="tag tag-soon">{t(`inspection.${flag}`, { defaultValue: flag })}</span>)}
      <details className="receipt"><summary>{t('document.receipt')}</summary>
        <dl>
          <div><dt>SHA-256</dt><dd className="mono">{document.sha256}</dd></div>
          <div><dt>{t('document.received')}</dt><dd>{instantWords(document.at, language)}</dd></div>
          <div><dt>{t('document.number')}</dt><dd className="mono">{document.documentId}</dd></div>
          <div><dt>{t('document.type')}</dt><dd>{document.mediaType} · {t('document.bytes', { bytes: document.bytes.toLocaleString('en-US') })}</dd></div>
        </dl>
        {document.supersededBy === null && claim.allowed.includes('supersede-document') && <Button size="small" className="no-print" onClick={() => { setParams({ act: 'supersede-document', about: document.documentId }); }}>{t('document.replace')}</Button>}
      </details>
    </div>
  );
}

/** Why a line is asked for, by the matrix, and from whom. */
function useWhyNeeded(outcomeType: File['outcomeType']): (line: Line) => string {
  const { t } = useTranslation('claim');
  const rules = useRules();
  const words = useWords();
  return ({ kind, need }) => {
    const row = rules?.documentKinds.find((one) => one.code === kind);
    const cell = row?.needs.find((one) => one.outcomeType === outcomeType)?.cell;
    const title = rules?.cells.find((one) => one.code === cell)?.title;
    const from = row && need !== 'not-asked' ? t(row.uploaders.includes('patient') ? 'check.fromClaimant' : 'check.fromHospital') : '';
    return [title && words(title), from].filter(Boolean).join(' · ');
  };
}
