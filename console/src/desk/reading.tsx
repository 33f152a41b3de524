import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { focusOn } from '../app/focus';
import { useKeys } from '../app/keys';
import type { ClaimView } from '../claim/acts/form';
import { useChecked } from './checked';
import { PaperList } from './paper-list';
import { papersOf } from './papers';
import { usePlace } from './place';
import { Sheet } from './sheet';

/** Here the list has a column of its own. */
const ROOMY = window.matchMedia('(min-width: 1280px)');

/** The left of the desk: the papers, and one or two of them open. */
export function Reading({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('desk');
  const place = usePlace();
  const papers = papersOf(claim);
  const shown = papers.find(({ documentId }) => documentId === place.document) ?? papers[0] ?? null;
  const beside = place.beside === null ? null : papers.find(({ documentId }) => documentId === place.beside) ?? null;
  const [second, setSecond] = useState(false);
  const { value: checked, set: setChecked } = useChecked(claim.claimNo);
  const toBeside = second && beside !== null;
  const { go } = place;
  const open = useCallback((documentId: string) => { go(toBeside ? { beside: documentId } : { document: documentId }); }, [go, toBeside]);
  const at = papers.findIndex(({ documentId }) => documentId === (toBeside ? beside.documentId : shown?.documentId));
  const step = (by: number): void => { const next = papers[at + by]; if (next) open(next.documentId); };
  const check = (documentId: string): void => { setChecked(checked.includes(documentId) ? checked.filter((one) => one !== documentId) : [...checked, documentId]); };
  const closeBeside = (): void => { go({ beside: null }); setSecond(false); };
  useKeys([{ key: 'n', does: t('key.next'), run: () => { step(1); } }, { key: 'p', does: t('key.previous'), run: () => { step(-1); } }, ...(beside === null ? [] : [{ key: 'Escape', does: t('close'), run: closeBeside }])]);
  // Who lays a second document beside goes on there; who closes it is back at the button.
  const sheets = useRef<HTMLDivElement>(null);
  const wasTwo = useRef(beside !== null);
  useEffect(() => {
    if (wasTwo.current === (beside !== null)) return;
    wasTwo.current = beside !== null;
    focusOn(sheets.current?.querySelector(beside === null ? '[data-beside]' : '.leaf + .leaf'));
  }, [beside]);
  const steps = (
    <div className="desk-step">
      <Button type="text" disabled={at <= 0} icon={<LeftOutlined aria-hidden />} title={`${t('key.previous')} (p)`} aria-label={t('key.previous')} onClick={() => { step(-1); }} />
      <span className="quiet" role="status">{at + 1} / {papers.length}</span>
      <Button type="text" disabled={at >= papers.length - 1} icon={<RightOutlined aria-hidden />} title={`${t('key.next')} (n)`} aria-label={t('key.next')} onClick={() => { step(1); }} />
    </div>
  );
  if (!shown) return <div className="desk-reading"><p className="empty">{t('empty')}</p><PaperList claim={claim} shown={null} beside={null} checked={[]} onOpen={open} /></div>;
  return (
    <div className="desk-reading">
      <details className="desk-papers" open={ROOMY.matches}>
        <summary>{t('papers')}</summary>
        <PaperList claim={claim} shown={shown.documentId} beside={beside?.documentId ?? null} checked={checked} onOpen={open} />
      </details>
      <div ref={sheets} className="desk-sheets">
        <Sheet key={shown.documentId} paper={shown} lead={toBeside ? null : steps} checked={checked.includes(shown.documentId)} onCheck={() => { check(shown.documentId); }} active={!toBeside} onTouch={() => { setSecond(false); }}
          onBeside={beside ? null : () => { const other = papers[at + 1] ?? papers[at - 1] ?? shown; go({ beside: other.documentId }); setSecond(true); }} onClose={null} />
        {beside && <Sheet key={`beside ${beside.documentId}`} paper={beside} lead={toBeside ? steps : null} checked={checked.includes(beside.documentId)} onCheck={() => { check(beside.documentId); }} active={toBeside} onTouch={() => { setSecond(true); }}
          onBeside={null} onClose={closeBeside} />}
      </div>
    </div>
  );
}
