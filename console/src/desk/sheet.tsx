import { CheckOutlined, CloseOutlined, DownloadOutlined, ExpandOutlined, RotateRightOutlined, SplitCellsOutlined, ZoomInOutlined, ZoomOutOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '../app/keys';
import { Loading } from '../app/loading';
import { useTell } from '../app/tell';
import { useNames } from '../claim/names';
import { Part } from '../pwa/part';
import { Failure } from '../words/failure';
import type { Paper } from './papers';
import { useContentHead, useDownload, type ContentHead } from './view/content';
import { FileView } from './view/file-view';
import { farther, nearer, within, type Look } from './view/look';

const PdfView = lazy(() => import('./view/pdf-view'));
const PictureView = lazy(() => import('./view/picture-view'));
const RecordingView = lazy(() => import('./view/recording-view'));

interface SheetProps {
  paper: Paper;
  /** Stands before its title: going from one document to the next. */
  lead: ReactNode;
  checked: boolean;
  onCheck: () => void;
  /** Its keys answer: the one that was touched last, where two lie side by side. */
  active: boolean;
  onTouch: () => void;
  /** Lays a second document beside it; `null` where it is the second. */
  onBeside: (() => void) | null;
  onClose: (() => void) | null;
}

/** One document on the desk, with what one does while reading: nearer, turned, checked off. */
export function Sheet({ paper, lead, checked, onCheck, active, onTouch, onBeside, onClose }: SheetProps) {
  const { t } = useTranslation('desk');
  const name = useNames();
  const tell = useTell();
  const head = useContentHead(paper.documentId);
  const download = useDownload(paper.documentId);
  const [zoom, setZoom] = useState(1);
  const [turn, setTurn] = useState(0);
  const title = `${name('documentKinds', paper.kind)}${paper.fileName === null ? '' : ` · ${paper.fileName}`}`;
  const look: Look = { title, zoom, turn, setZoom: (to) => { setZoom(within(to)); } };
  const rotate = (): void => { setTurn((before) => (before + 90) % 360); };
  useKeys(active ? [
    { key: '+', does: t('key.nearer'), run: () => { setZoom(nearer); } },
    // The same key without Shift.
    { key: '=', does: t('key.nearer'), run: () => { setZoom(nearer); } },
    { key: '-', does: t('key.farther'), run: () => { setZoom(farther); } },
    { key: '0', does: t('key.fit'), run: () => { setZoom(1); } },
    { key: 'r', does: t('key.rotate'), run: rotate },
    { key: 'x', does: t('key.check'), run: onCheck },
  ] : []);
  const kind = head.data ? viewOf(head.data) : null;
  const looks = kind === 'pdf' || kind === 'picture';
  return (
    <section className="leaf" aria-label={title} tabIndex={-1} {...(active ? { 'data-focus-next': '' } : {})} onPointerDown={onTouch} onFocus={onTouch}>
      <header className="leaf-top">
        {lead}
        <span className="leaf-title" title={title}>{title}</span>
        {paper.supersededBy !== null && <span className="tag">{t('superseded')}</span>}
        <div className="leaf-tools" role="toolbar" aria-label={t('tools')}>
          {looks && <>
            <Button type="text" icon={<ZoomOutOutlined aria-hidden />} aria-label={t('key.farther')} title={`${t('key.farther')} (-)`} onClick={() => { setZoom(farther); }} />
            <Button type="text" aria-label={t('key.fit')} title={`${t('key.fit')} (0)`} icon={<ExpandOutlined aria-hidden />} onClick={() => { setZoom(1); }} />
            <Button type="text" icon={<ZoomInOutlined aria-hidden />} aria-label={t('key.nearer')} title={`${t('key.nearer')} (+)`} onClick={() => { setZoom(nearer); }} />
          </>}
          {(looks || kind === 'video') && <Button type="text" icon={<RotateRightOutlined aria-hidden />} aria-label={t('key.rotate')} title={`${t('key.rotate')} (r)`} onClick={rotate} />}
          <Button type="text" icon={<DownloadOutlined aria-hidden />} aria-label={t('download')} title={t('download')} onClick={() => { download().catch(() => { void tell.error(t('notDownloaded'), 6); }); }} />
          {onBeside && <Button type="text" icon={<SplitCellsOutlined aria-hidden />} data-beside aria-label={t('beside')} title={t('beside')} onClick={onBeside} />}
          <Button type={checked ? 'primary' : 'default'} icon={<CheckOutlined aria-hidden />} aria-pressed={checked} title={`${t('key.check')} (x)`} onClick={onCheck}>{t('checked')}</Button>
          {onClose && <Button type="text" icon={<CloseOutlined aria-hidden />} aria-label={t('close')} onClick={onClose} />}
        </div>
      </header>
      <div className="leaf-view">
        {head.error !== null ? <div className="desk-say"><Failure error={head.error} onRetry={() => { void head.refetch(); }} /></div>
          : kind === null ? <Loading />
          : <Part><Suspense fallback={<Loading />}>
              {kind === 'pdf' && <PdfView documentId={paper.documentId} look={look} />}
              {kind === 'picture' && <PictureView documentId={paper.documentId} look={look} />}
              {(kind === 'video' || kind === 'sound') && <RecordingView documentId={paper.documentId} look={look} sound={kind === 'sound'} />}
              {kind === 'file' && <FileView documentId={paper.documentId} found={paper.inspection} />}
            </Suspense></Part>}
      </div>
    </section>
  );
}

/** What the server hands out as a file is never opened in place. */
function viewOf({ inline, mediaType }: ContentHead): 'pdf' | 'picture' | 'video' | 'sound' | 'file' {
  if (!inline) return 'file';
  if (mediaType === 'application/pdf') return 'pdf';
  const [family] = mediaType.split('/');
  return family === 'image' ? 'picture' : family === 'video' ? 'video' : family === 'audio' ? 'sound' : 'file';
}
