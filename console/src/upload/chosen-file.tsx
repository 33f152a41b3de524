import { DeleteOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { useRules } from '../api/rules';
import type { DocumentKind, KeptFile } from '../queue/store';
import { useWords } from '../words/use-words';
import { bytesWords } from '../words/bytes';
import { useFiles } from './context';

export type Kinds = NonNullable<ReturnType<typeof useRules>>['documentKinds'];

export interface Unfit { why: 'type' | 'size'; limitBytes: number }

/** Why a kind does not take this file, by the catalogue and what its name promises; the server looks into the content. */
export function unfitOf(file: KeptFile, kinds: Kinds): Unfit | null {
  const kind = kinds.find(({ code }) => code === file.kind);
  const type = kind?.types.find(({ extensions }) => extensions.includes(file.fileName.split('.').at(-1)?.toLowerCase() ?? ''));
  if (!kind || (type && file.bytes <= type.limitBytes)) return null;
  return { why: type ? 'size' : 'type', limitBytes: type?.limitBytes ?? 0 };
}

/** A file that is still to be named, looked at, or taken away again. */
export function ChosenFile({ file, kinds, needed, twin, unfit }: { file: KeptFile; kinds: Kinds; needed: ReadonlySet<string>; twin: string | null; unfit: Unfit | null }) {
  const { t } = useTranslation('upload');
  const words = useWords();
  const files = useFiles();
  const [wanted, others] = [kinds.filter((kind) => needed.has(kind.code)), kinds.filter((kind) => !needed.has(kind.code))];
  const options = (list: Kinds) => list.map((kind) => <option key={kind.code} value={kind.code}>{words(kind.title)}</option>);
  return (
    <li className="upload-file">
      <Look file={file} />
      <div className="grow">
        <div className="upload-name">{file.fileName}</div>
        <div className="quiet">{bytesWords(file.bytes)}{file.sha256 === null && ` · ${t('hashing')}`}</div>
        <select aria-label={t('kindOf', { name: file.fileName })} value={file.kind ?? ''} onChange={(event) => { void files.setKind(file.id, event.target.value as DocumentKind); }}>
          <option value="" disabled>{t('kind')}</option>
          {wanted.length > 0 && <optgroup label={t('missing')}>{options(wanted)}</optgroup>}
          {wanted.length > 0 ? <optgroup label={t('others')}>{options(others)}</optgroup> : options(others)}
        </select>
        {unfit && <p role="alert" className="upload-problem">{t(`unfit.${unfit.why}`, { most: bytesWords(unfit.limitBytes) })}</p>}
        {twin !== null && <p role="alert" className="upload-problem">{t('twin', { name: twin })}</p>}
      </div>
      <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('remove', { name: file.fileName })} onClick={() => { void files.remove(file.id); }} />
    </li>
  );
}

/** A photograph, small: is it the right one, and sharp? */
function Look({ file }: { file: KeptFile }) {
  const files = useFiles();
  const [url, setUrl] = useState<string | null>(null);
  const isImage = file.mediaType.startsWith('image/') && !/hei[cf]|tiff/.test(file.mediaType);
  useEffect(() => {
    if (!isImage) return undefined;
    let made: string | null = null;
    let gone = false;
    void files.content(file.id).then((content) => { if (content && !gone) { made = URL.createObjectURL(content); setUrl(made); } });
    return () => { gone = true; if (made !== null) URL.revokeObjectURL(made); };
  }, [files, file.id, isImage]);
  return url === null ? <span className="upload-look" aria-hidden>{file.fileName.split('.').at(-1)?.slice(0, 4)}</span> : <img className="upload-look" src={url} alt="" />;
}
