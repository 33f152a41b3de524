import { useTranslation } from 'react-i18next';
import { useNames } from '../names';
import { Field, NoteField } from './fields';
import { useActDraft, type ActBody, type ActFormProps } from './form';
import { ActFrame } from './frame';

type Kind = ActBody<'waive-document'>['kind'];

export default function WaiveDocument({ claim, about, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const lacking = (claim.clinical?.checklist ?? []).filter((line) => line.need !== 'not-asked' && (line.status === 'missing' || line.status === 'gap')).map((line) => line.kind);
  const draft = useActDraft(claim, 'waive-document', { kind: lacking.find((kind) => kind === about) ?? null, note: '' }, about);
  const { note } = draft.value;
  const kind = lacking.find((one) => one === draft.value.kind) ?? null;
  return (
    <ActFrame claim={claim} command="waive-document" draft={draft} guarded onDone={onDone} valid={kind !== null && note.trim() !== ''} body={kind && { kind, note }}>
      <Field label={t('form.waive.which')}>
        <select required value={kind ?? ''} onChange={(event) => { draft.set({ kind: event.target.value as Kind, note }); }}>
          <option value="" disabled>{t('form.choose')}</option>
          {lacking.map((one) => <option key={one} value={one}>{name('documentKinds', one)}</option>)}
        </select>
      </Field>
      <NoteField required value={note} onChange={(value) => { draft.set({ kind, note: value }); }} />
    </ActFrame>
  );
}
