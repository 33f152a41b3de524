import { CheckOutlined, CloseCircleOutlined, ExclamationCircleOutlined, MinusCircleOutlined } from '@ant-design/icons';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClaimView } from '../claim/acts/form';
import { useNames } from '../claim/names';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import { paperLines, type Paper, type PaperLine } from './papers';

interface PaperListProps { claim: ClaimView; shown: string | null; beside: string | null; checked: readonly string[]; onOpen: (documentId: string) => void }

/** The papers by the matrix: what is there and read, what is missing and why. */
export function PaperList({ claim, shown, beside, checked, onOpen }: PaperListProps) {
  const { t } = useTranslation('desk');
  const name = useNames();
  const lines = paperLines(claim);
  const here = lines.flatMap(({ papers }) => papers.filter(({ supersededBy }) => supersededBy === null));
  const list = useRef<HTMLElement>(null);
  useEffect(() => { list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' }); }, [shown]);
  return (
    <nav ref={list} className="papers" aria-label={t('papers')}>
      <p className="quiet papers-count" role="status">{t('count', { count: here.length, checked: here.filter(({ documentId }) => checked.includes(documentId)).length })}</p>
      <ul>
        {lines.map((line) => (
          <li key={line.kind}>
            {(line.papers.length !== 1 || line.status !== 'present') && <p className={`papers-kind papers-${line.status}`}><Mark line={line} /> {name('documentKinds', line.kind)}{line.status !== 'present' && <span className="papers-state"> · {t(`status.${line.status}`)}{reasonOf(claim, line, name)}</span>}</p>}
            {line.papers.length > 0 && (
              <ul>{line.papers.map((paper) => (
                <li key={paper.documentId}>
                  <PaperButton paper={paper} kind={line.papers.length === 1 && line.status === 'present' ? name('documentKinds', line.kind) : null} current={shown === paper.documentId} beside={beside === paper.documentId} checked={checked.includes(paper.documentId)} onOpen={onOpen} />
                </li>
              ))}</ul>
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Mark({ line: { status, need } }: { line: PaperLine }) {
  if (status === 'present') return <CheckOutlined aria-hidden />;
  if (status === 'not-asked' || status === 'waived') return <MinusCircleOutlined aria-hidden />;
  return need === 'must' ? <CloseCircleOutlined aria-hidden /> : <ExclamationCircleOutlined aria-hidden />;
}

function reasonOf({ clinical }: ClaimView, { kind, status }: PaperLine, name: ReturnType<typeof useNames>): string {
  const gap = status === 'gap' ? clinical?.gaps.find((one) => one.kind === kind) : undefined;
  return gap ? ` (${name('gapReasons', gap.reason)})` : '';
}

/** `kind` stands in its first line where it is the only one of its kind. */
function PaperButton({ paper, kind, current, beside, checked, onOpen }: { paper: Paper; kind: string | null; current: boolean; beside: boolean; checked: boolean; onOpen: (documentId: string) => void }) {
  const { t } = useTranslation('desk');
  const language = useLanguage();
  const notes = [paper.supersededBy !== null && t('superseded'), paper.late && t('late'), beside && t('besideNow'), ...paper.inspection.map((one) => t(`found.${one}`, { defaultValue: one }))].filter((note) => note !== false);
  return (
    <button type="button" className="paper" title={`${paper.fileName ?? t('nameless')} · ${instantWords(paper.at, language)}`} aria-current={current ? 'true' : undefined} onClick={() => { onOpen(paper.documentId); }}>
      <span className="paper-name">{kind ?? paper.fileName ?? t('nameless')}</span>
      <small>{kind !== null ? paper.fileName ?? t('nameless') : instantWords(paper.at, language)}{notes.length > 0 && <b> · {notes.join(' · ')}</b>}</small>
      {checked && <span className="paper-checked"><CheckOutlined aria-hidden /> {t('checked')}</span>}
    </button>
  );
}
