import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRules } from '../api/rules';
import type { components } from '../api/schema';
import { useTell } from '../app/tell';
import type { DocumentKind } from '../queue/store';
import { useSession } from '../session/context';
import { useWords } from '../words/use-words';
import { ChosenFile, unfitOf } from './chosen-file';
import { useFiles, useKeptFiles } from './context';
import { FOR_THE_FILE, type FileOf } from './files';
import { TakeFiles } from './take-files';
import { UnderWay } from './under-way';
import './style.css';

type Clinical = components['schemas']['Clinical'];
interface PickerProps {
  of: FileOf;
  /** The claim's file as it stands; null while it has no number. */
  clinical: Clinical | null;
  /** Without `clinical`: what this outcome needs always is offered. */
  outcomeType?: components['schemas']['OutcomeType'];
  /** The one kind that may be given, where a form asks for it. */
  only?: DocumentKind;
  /** The kind that comes first, if it is one. */
  first?: string | undefined;
}

/** Photographs or files, several at once: copied to this device, named by kind, sent resumably, attached by themselves unless a form uses them. */
export function UploadPicker({ of, clinical, outcomeType, only, first }: PickerProps) {
  const { t } = useTranslation('upload');
  const words = useWords();
  const rules = useRules();
  const { role } = useSession();
  const files = useFiles();
  const tell = useTell();
  const [copying, setCopying] = useState(false);
  const purpose = of.purpose ?? FOR_THE_FILE;
  const mine = useKeptFiles().filter((file) => file.purpose === purpose && (of.claimNo === null ? file.localId === of.localId : file.claimNo === of.claimNo));
  const chosen = mine.filter((file) => file.state === 'chosen');
  const kinds = rules?.documentKinds.filter((kind) => (only === undefined || kind.code === only) && (kind.uploaders as string[]).includes(role ?? '')) ?? [];
  const needed = new Set<string>(clinical
    ? clinical.checklist.filter((line) => line.need !== 'not-asked' && line.status !== 'present' && line.status !== 'waived').map((line) => line.kind)
    : kinds.filter((kind) => kind.needs.some((need) => need.outcomeType === outcomeType && (need.cell === 'M' || need.cell === 'M*'))).map((kind) => kind.code));
  const missing = kinds.filter(({ code }) => (needed.has(code) || code === first || code === only) && !mine.some((file) => file.kind === code && file.state !== 'refused'))
    .toSorted((a, b) => Number(b.code === first) - Number(a.code === first));
  const ready = chosen.filter((file) => file.kind !== null && file.sha256 !== null && twinOf(file.id) === null && unfitOf(file, kinds) === null);

  /** The same bytes in this claim already: by name where it is known. */
  function twinOf(id: string): string | null {
    const file = mine.find((one) => one.id === id);
    if (!file || file.sha256 === null) return null;
    const other = mine.find((one) => one.id !== id && one.sha256 === file.sha256 && one.state !== 'refused' && one.chosenAt <= file.chosenAt);
    return clinical?.documents.find((one) => one.sha256 === file.sha256)?.fileName ?? clinical?.uploads.find((one) => one.sha256 === file.sha256 && !mine.some((sent) => sent.receipt?.documentId === one.documentId))?.fileName ?? other?.fileName ?? null;
  }

  async function take(taken: readonly File[], kind: DocumentKind | null): Promise<void> {
    setCopying(true);
    try {
      await files.add(taken, of, kind);
    } catch {
      void tell.error(t('noRoom'), 8);
    } finally {
      setCopying(false);
    }
  }

  return (
    <div className="upload" aria-busy={copying}>
      {missing.length > 0 && (
        <section aria-label={t('missing')}>
          {only === undefined && <h3>{t('missing')}</h3>}
          <ul className="upload-wanted">{missing.map((kind) => <li key={kind.code}><span>{words(kind.title)}</span><TakeFiles about={words(kind.title)} types={kind.types} onTake={(taken) => { void take(taken, kind.code); }} /></li>)}</ul>
        </section>
      )}
      {only === undefined && <div className="upload-any"><span className="quiet">{t(missing.length > 0 ? 'orOthers' : 'any')}</span><TakeFiles about={t('any')} types={kinds.flatMap((kind) => kind.types)} onTake={(taken) => { void take(taken, null); }} /></div>}
      {chosen.length > 0 && (
        <section aria-label={t('chosen')}>
          <h3>{t('chosen')}</h3>
          <ul className="upload-list">{chosen.map((file) => <ChosenFile key={file.id} file={file} kinds={kinds} needed={needed} twin={twinOf(file.id)} unfit={unfitOf(file, kinds)} />)}</ul>
          <Button type="primary" size="large" disabled={ready.length === 0 || copying} onClick={() => { void files.send(ready.map((file) => file.id)); }}>{t('send', { count: ready.length })}</Button>
          {ready.length < chosen.length && <p className="quiet">{t('notReady', { count: chosen.length - ready.length })}</p>}
        </section>
      )}
      <UnderWay files={mine} clinical={clinical} />
    </div>
  );
}
