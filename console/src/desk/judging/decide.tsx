import { NoteField } from '../../claim/acts/fields';
import { useActDraft, type ActFormProps } from '../../claim/acts/form';
import { ActFrame } from '../../claim/acts/frame';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../session/context';
import { yuan } from '../../words/money';
import { useChecked } from '../checked';
import { payeesWords, sumOf } from './payees-words';
import { FileChanged, holds, pinOf } from './file-pin';
import { LetterPreview } from './letter-preview';
import { BenefitLines } from './lines';
import { ReasonList } from './reasons';

/** The approver decides as recommended, on the file version on view; whoever sees it differently returns the claim. */
export function Decide({ claim, onDone, command }: ActFormProps & { command: 'approve' | 'reject' }) {
  const { t } = useTranslation('desk');
  const draft = useActDraft(claim, command, { note: '', pin: pinOf(claim) });
  const { note, pin } = draft.value;
  const recommended = claim.assessment?.recommendation ?? null;
  const current = holds(pin, claim);
  const unlooked = useUnlooked(claim);
  const sure = recommended === null ? null : command === 'reject' ? t('harm.reject') : t('harm.approve', { amount: yuan(sumOf(recommended.lines)), payee: payeesWords(claim) ?? t('harm.noPayee') });
  return (
    <ActFrame claim={claim} command={command} draft={draft} guarded onDone={onDone} valid={recommended !== null && current} missing={t(current ? 'noRecommendation' : 'pin.first')}
      {...(sure === null ? {} : { harm: sure })}
      body={recommended && { lines: recommended.lines, fileVersion: pin.fileVersion, ...(note.trim() === '' ? {} : { note }) }}>
      {recommended && <>
        <BenefitLines lines={recommended.lines} />
        <ReasonList codes={recommended.reasons} />
        <FileChanged claim={claim} pin={pin} onSeen={(seen) => { draft.set({ note, pin: seen }); }} />
        <LetterPreview claim={claim} judged={{ decision: recommended.decision, lines: recommended.lines, reasons: recommended.reasons, exGratia: recommended.exGratia }} />
      </>}
      <NoteField value={note} onChange={(value) => { draft.set({ note: value, pin }); }} />
      {unlooked.length > 0 && <ul className="act-hints">{unlooked.map((one) => <li key={one}>{t(`harm.${one}`)}</li>)}</ul>}
    </ActFrame>
  );
}

/** What speaks for looking once more before deciding. */
function useUnlooked(claim: ActFormProps['claim']): Array<'nothingChecked' | 'notTaken'> {
  const { person } = useSession();
  const checked = useChecked(claim.claimNo).value;
  const papers = claim.clinical?.documents.filter(({ supersededBy }) => supersededBy === null) ?? [];
  return [
    ...(papers.length > 0 && !papers.some(({ documentId }) => checked.includes(documentId)) ? ['nothingChecked' as const] : []),
    ...(claim.tasks.some((task) => task.kind === 'approve' && !task.standIn && task.assignee !== person?.personId) ? ['notTaken' as const] : []),
  ];
}
