import { PushpinOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useKeys } from '../../app/keys';
import type { ClaimView } from '../../claim/acts/form';
import { useNames } from '../../claim/names';
import { papersOf, type Paper } from '../papers';
import { usePlace } from '../place';

/** Documents pinned as what a judgement stands on; `e` pins the one on view. */
export function EvidencePicker({ claim, pinned, required, onChange }: { claim: ClaimView; pinned: readonly string[]; required: boolean; onChange: (documentIds: string[]) => void }) {
  const { t } = useTranslation('desk');
  const place = usePlace();
  const papers = papersOf(claim).filter(({ supersededBy, documentId }) => supersededBy === null || pinned.includes(documentId));
  const onView = papers.find(({ documentId }) => documentId === place.document);
  const toggle = ({ documentId }: Paper): void => { onChange(pinned.includes(documentId) ? pinned.filter((one) => one !== documentId) : [...pinned, documentId]); };
  useKeys(onView ? [{ key: 'e', does: t('key.pin'), run: () => { toggle(onView); } }] : []);
  return (
    <fieldset className="field evidence" {...(required && pinned.length === 0 ? { 'data-lacking': t('evidence.name') } : {})}>
      <legend>{t('evidence.title', { count: pinned.length })}</legend>
      <small>{t(required ? 'evidence.atLeastOne' : 'evidence.optional')}</small>
      <div className="choices">
        {papers.map((paper) => (
          <label key={paper.documentId}>
            <input type="checkbox" checked={pinned.includes(paper.documentId)} onChange={() => { toggle(paper); }} />
            <span><PaperName paper={paper} />{paper === onView && <small><PushpinOutlined aria-hidden /> {t('evidence.onView')}</small>}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function PaperName({ paper }: { paper: Paper }) {
  const name = useNames();
  return <>{name('documentKinds', paper.kind)}{paper.fileName !== null && <span className="quiet"> {paper.fileName}</span>}</>;
}

/** Documents named in a text: each opens on the desk. */
export function PaperLinks({ claim, documentIds }: { claim: ClaimView; documentIds: readonly string[] }) {
  const { go } = usePlace();
  const papers = papersOf(claim).filter(({ documentId }) => documentIds.includes(documentId));
  return <ul className="paper-links">{papers.map((paper) => <li key={paper.documentId}><button type="button" className="link-button" onClick={() => { go({ document: paper.documentId, side: null }); }}><PaperName paper={paper} /></button></li>)}</ul>;
}
