import { CheckCircleFilled, CloudUploadOutlined, ExclamationCircleFilled } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRules } from '../api/rules';
import type { DocumentKind, KeptFile } from '../queue/store';
import { useFiles, useKeptFiles } from '../upload/context';
import { FOR_THE_FILE } from '../upload/files';
import { useWords } from '../words/use-words';

interface ChooseFilesProps {
  claimNo: string;
  kind: DocumentKind;
  /** Something of this kind is there already: what it is called, to add another page to it. */
  more?: string;
  /** What the files are for, where an answer uses them; without it they join the claim's file by themselves. */
  purpose?: string;
  /** All files of that purpose are stored: uses them. They are taken off the device when it answers true. */
  onStored?: (files: readonly KeptFile[]) => Promise<boolean>;
}

/** Photograph or pick, several at once: one tap, and they go by themselves, also after the page was closed or the network was lost. */
export function ChooseFiles({ claimNo, kind, more, purpose = FOR_THE_FILE, onStored }: ChooseFilesProps) {
  const { t } = useTranslation('patient');
  const id = useId();
  const files = useFiles();
  const of = { claimNo, localId: null, purpose };
  const mine = useKeptFiles().filter((file) => file.claimNo === claimNo && file.kind === kind && file.purpose === purpose);
  const types = useRules()?.documentKinds.find((one) => one.code === kind)?.types;
  const [noRoom, setNoRoom] = useState(false);
  const using = useRef(false);
  const stored = mine.filter((file) => file.state === 'stored');
  const allStored = stored.length > 0 && mine.every((file) => file.state === 'stored' || file.state === 'refused');

  useEffect(() => {
    if (!onStored || !allStored || using.current) return;
    using.current = true;
    void onStored(stored).then(async (used) => { if (used) for (const file of stored) await files.remove(file.id); }).finally(() => { using.current = false; });
  });

  async function take(chosen: File[]): Promise<void> {
    setNoRoom(false);
    try {
      await files.add(chosen, of, kind);
      await files.send(files.list().filter((file) => file.state === 'chosen' && file.claimNo === claimNo && file.kind === kind && file.purpose === purpose).map((file) => file.id));
    } catch {
      setNoRoom(true);
    }
  }

  return (
    <div className="patient-choose">
      <input
        id={id} type="file" multiple {...(more === undefined ? {} : { 'aria-label': t('files.moreOf', { paper: more }) })} className="patient-file" accept={types?.map((one) => one.mediaType).join(',') ?? 'image/*,application/pdf'}
        onChange={(event) => { const chosen = [...(event.target.files ?? [])]; event.target.value = ''; if (chosen.length > 0) void take(chosen); }}
      />
      <label htmlFor={id} className={more === undefined ? 'patient-button' : 'patient-add'}>{t(more === undefined ? 'files.choose' : 'files.more')}</label>
      {noRoom && <p role="alert" className="patient-bad">{t('files.noRoom')}</p>}
      {mine.length > 0 && <ul className="patient-files">{mine.map((file) => <OneFile key={file.id} file={file} />)}</ul>}
    </div>
  );
}

function OneFile({ file }: { file: KeptFile }) {
  const { t } = useTranslation('patient');
  const words = useWords();
  const files = useFiles();
  const there = file.state === 'stored' || file.state === 'attached';
  const percent = Math.min(99, Math.floor(((files.received(file.id) ?? file.received) / file.bytes) * 100));
  return (
    <li>
      <span className="patient-file-name">{file.fileName}</span>
      {there && <span className="patient-good"><CheckCircleFilled aria-hidden /> {t('files.stored')}</span>}
      {!there && file.state !== 'refused' && <span role="status"><CloudUploadOutlined aria-hidden /> {file.waitsFor === null ? t('files.sending', { percent }) : t('files.waiting')}</span>}
      {file.state === 'refused' && (
        <span role="alert" className="patient-bad"><ExclamationCircleFilled aria-hidden /> {file.problem ? words(file.problem.text) : t('files.failed')} <Button size="large" onClick={() => { void files.remove(file.id); }}>{t('files.again')}</Button></span>
      )}
    </li>
  );
}
