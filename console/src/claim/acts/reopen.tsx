import { useTranslation } from 'react-i18next';
import { NoteField } from './fields';
import { useActDraft, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function Reopen({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const draft = useActDraft(claim, 'reopen', '');
  const late = claim.clinical?.documents.filter((document) => document.late) ?? [];
  return (
    <ActFrame claim={claim} command="reopen" body={{ note: draft.value }} valid={draft.value.trim() !== ''} draft={draft} guarded onDone={onDone}>
      {late.length > 0 && <p>{t('form.reopen.evidence', { files: late.map((document) => document.fileName ?? document.documentId).join(t('list.comma')) })}</p>}
      <NoteField required value={draft.value} onChange={draft.set} />
    </ActFrame>
  );
}
