import { useTranslation } from 'react-i18next';
import { useNames } from '../names';
import { NoteField } from './fields';
import { useActDraft, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function AcceptFile({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('desk');
  const name = useNames();
  const draft = useActDraft(claim, 'accept-file', { note: '' });
  const { note } = draft.value;
  const without = claim.clinical?.checklist.filter((line) => line.need !== 'not-asked' && line.status !== 'present') ?? [];
  return (
    <ActFrame claim={claim} command="accept-file" draft={draft} guarded onDone={onDone} valid body={note.trim() === '' ? {} : { note }}>
      {without.length > 0 && <div><p>{t('accept.without')}</p><ul>{without.map((line) => <li key={line.kind}>{name('documentKinds', line.kind)} · {t(`status.${line.status}`)}</li>)}</ul></div>}
      <NoteField value={note} onChange={(value) => { draft.set({ note: value }); }} />
    </ActFrame>
  );
}
