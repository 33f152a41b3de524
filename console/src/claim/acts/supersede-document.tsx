import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeptFiles } from '../../upload/context';
import { attachedOf } from '../../upload/files';
import { UploadPicker } from '../../upload/picker';
import { useNames } from '../names';
import { Field, NoteField } from './fields';
import { useActDraft, withNote, type ActFormProps } from './form';
import { ActFrame } from './frame';

/** The new file is uploaded first and then takes the place of the old one, which is kept. */
export default function SupersedeDocument({ claim, about, onDone }: ActFormProps) {
  // The picker's words come with the form: loading them later would hide the form, and lose the focus.
  const { t } = useTranslation(['claim', 'upload']);
  const name = useNames();
  const documents = claim.clinical?.documents.filter((document) => document.supersededBy === null) ?? [];
  const [chosen, setChosen] = useState(about ?? '');
  const old = documents.find((document) => document.documentId === chosen);
  const draft = useActDraft(claim, 'supersede-document', '', about);
  const purpose = `supersede ${chosen}`;
  const file = useKeptFiles().findLast((one) => one.claimNo === claim.claimNo && one.purpose === purpose && one.state === 'stored');
  return (
    <ActFrame claim={claim} command="supersede-document" draft={draft} onDone={onDone} valid={old !== undefined && file !== undefined} missing={t('form.supersede.missing')}
      body={old && file ? withNote({ supersedes: old.documentId, document: attachedOf({ ...file, kind: old.kind }) }, draft.value) : null}>
      <Field label={t('form.supersede.which')}>
        <select required value={chosen} onChange={(event) => { setChosen(event.target.value); }}>
          <option value="" disabled>{t('form.choose')}</option>
          {documents.map((one) => <option key={one.documentId} value={one.documentId}>{name('documentKinds', one.kind)} · {one.fileName ?? one.documentId}</option>)}
        </select>
      </Field>
      {old && <UploadPicker of={{ claimNo: claim.claimNo, localId: null, purpose }} clinical={claim.clinical} first={old.kind} />}
      <NoteField value={draft.value} onChange={draft.set} />
    </ActFrame>
  );
}
