import { CheckCircleFilled, CloudUploadOutlined, ExclamationCircleFilled } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { components } from '../api/schema';
import type { KeptFile } from '../queue/store';
import { instantWords } from '../words/time';
import { useLanguage, useWords } from '../words/use-words';
import { useRules } from '../api/rules';
import { bytesWords } from '../words/bytes';
import { useFiles } from './context';
import { isFiling } from './filing';
import './style.css';

/** Files that were sent off: how far each is, and its receipt once the server has verified it. A full bar alone never says "stored". */
export function UnderWay({ files, clinical }: { files: readonly KeptFile[]; clinical: components['schemas']['Clinical'] | null }) {
  const { t } = useTranslation('upload');
  const sent = files.filter((file) => file.state !== 'chosen');
  if (sent.length === 0) return null;
  return <section aria-label={t('underWay')}><h3 data-focus-next>{t('underWay')}</h3><ul className="upload-list">{sent.map((file) => <SentFile key={file.id} file={file} filing={isFiling(file, clinical)} />)}</ul></section>;
}

export function SentFile({ file, filing = false }: { file: KeptFile; filing?: boolean }) {
  const { t } = useTranslation('upload');
  const words = useWords();
  const language = useLanguage();
  const rules = useRules();
  const files = useFiles();
  const received = files.received(file.id) ?? file.received;
  const kind = rules?.documentKinds.find(({ code }) => code === file.kind);
  const stored = file.state === 'stored' || file.state === 'attached';
  const Icon = stored ? CheckCircleFilled : file.state === 'refused' ? ExclamationCircleFilled : CloudUploadOutlined;
  const state = file.state === 'waiting' ? (file.claimNo === null ? 'behindReport' : file.waitsFor ?? 'waiting') : file.state === 'sending' && received >= file.bytes ? 'verifying' : file.state;
  return (
    <li className="upload-file">
      <Icon aria-hidden className={`upload-icon upload-${file.state}`} />
      <div className="grow">
        <div className="upload-name">{kind && <b>{words(kind.title)} · </b>}{file.fileName}</div>
        <div role="status"><b>{t(`state.${state}`)}</b>{filing && <> · {t('filing')}</>} <span className="quiet">{stored ? bytesWords(file.bytes) : t('progress', { received: bytesWords(received), bytes: bytesWords(file.bytes) })}</span></div>
        {!stored && file.state !== 'refused' && <progress max={file.bytes} value={received} aria-label={t('progressOf', { name: file.fileName })} />}
        {file.state === 'refused' && <p role="alert" className="upload-problem">{file.problem ? words(file.problem.text) : t('refusedUnknown')}</p>}
        {file.receipt && (
          <details><summary>{t('receipt', { at: instantWords(file.receipt.at, language) })}</summary><dl className="upload-receipt"><dt>{t('document')}</dt><dd>{file.receipt.documentId}</dd><dt>SHA-256</dt><dd>{file.receipt.sha256}</dd></dl></details>
        )}
        {file.state === 'refused' && (
          <span className="row">
            <Button onClick={() => { void files.send([file.id]); }}>{t('again')}</Button>
            <Button danger onClick={() => { if (window.confirm(t('removeSure', { name: file.fileName }))) void files.remove(file.id); }}>{t('discard')}</Button>
          </span>
        )}
      </div>
    </li>
  );
}
