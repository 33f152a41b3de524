import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ClaimView } from '../../claim/acts/form';
import { instantWords } from '../../words/time';
import { useLanguage } from '../../words/use-words';
import { PaperName } from './evidence';

/** The file as it was read when a judgement was begun (SPEC §1.8: a decision pins the file version). */
export interface FilePin { fileVersion: number; documentIds: string[] }

export const pinOf = ({ clinical }: ClaimView): FilePin => ({ fileVersion: clinical?.fileVersion ?? 0, documentIds: clinical?.documents.map(({ documentId }) => documentId) ?? [] });
export const holds = (pin: FilePin, { clinical }: ClaimView): boolean => pin.fileVersion === clinical?.fileVersion;

/** Says that the file grew since it was read, by what, and lets one go on from the new one. */
export function FileChanged({ claim, pin, onSeen }: { claim: ClaimView; pin: FilePin; onSeen: (pin: FilePin) => void }) {
  const { t } = useTranslation('desk');
  const language = useLanguage();
  if (holds(pin, claim)) return <p className="quiet file-pin">{t('pin.rests', { version: pin.fileVersion })}</p>;
  const fresh = claim.clinical?.documents.filter(({ documentId }) => !pin.documentIds.includes(documentId)) ?? [];
  return (
    <div className="act-changed" role="alert">
      <p><b>{t('pin.changed', { from: pin.fileVersion, to: claim.clinical?.fileVersion })}</b></p>
      <ul>{fresh.map((paper) => <li key={paper.documentId}><PaperName paper={paper} /> · {instantWords(paper.at, language)}</li>)}</ul>
      <Button onClick={() => { onSeen(pinOf(claim)); }}>{t('pin.seen')}</Button>
    </div>
  );
}
