import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { useWords } from '../../words/use-words';
import { useNames } from '../names';
import { Choices, Field, NoteField } from './fields';
import { useActDraft, withNote, type ActBody, type ActFormProps } from './form';
import { ActFrame } from './frame';

type Body = ActBody<'declare-gap'>;

export default function DeclareGap({ claim, about, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const words = useWords();
  const reasons = useRules()?.gapReasons ?? [];
  const missing = (claim.clinical?.checklist ?? []).filter((line) => line.status === 'missing').map((line) => line.kind);
  const first = missing.find((kind) => kind === about) ?? null;
  const draft = useActDraft(claim, 'declare-gap', { kind: first, reason: null as Body['reason'] | null, note: '' }, about);
  const { reason, note } = draft.value;
  const kind = missing.find((one) => one === draft.value.kind) ?? null;
  return (
    <ActFrame claim={claim} command="declare-gap" draft={draft} onDone={onDone} valid={kind !== null && reason !== null} body={kind && reason && withNote({ kind, reason }, note)}>
      <Field label={t('form.gap.which')}>
        <select required value={kind ?? ''} onChange={(event) => { draft.set({ ...draft.value, kind: event.target.value as Body['kind'] }); }}>
          <option value="" disabled>{t('form.choose')}</option>
          {missing.map((one) => <option key={one} value={one}>{name('documentKinds', one)}</option>)}
        </select>
      </Field>
      <Choices legend={t('form.gap.why')} name="gap-reason" options={reasons.map((one) => ({ value: one.code, label: words(one.title) }))} value={reason} onChange={(value) => { draft.set({ ...draft.value, reason: value }); }} />
      <NoteField value={note} onChange={(value) => { draft.set({ ...draft.value, note: value }); }} />
    </ActFrame>
  );
}
