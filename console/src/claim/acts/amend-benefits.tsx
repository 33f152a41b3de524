import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { fenOf, yuan } from '../../words/money';
import { useNames } from '../names';
import { Field, NoteField } from './fields';
import { useActDraft, withNote, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function AmendBenefits({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const asked = claim.clinical?.facts?.benefits ?? [];
  const possible = useRules()?.outcomeTypes.find((one) => one.code === claim.clinical?.outcomeType)?.benefits ?? [];
  const draft = useActDraft(claim, 'amend-benefits', { typed: Object.fromEntries(asked.map((line) => [line.benefit, (line.askedFen / 100).toFixed(2)])), note: '' });
  const { typed, note } = draft.value;
  const lines = possible.map((benefit) => ({ benefit, text: typed[benefit]?.trim() ?? '', askedFen: fenOf(typed[benefit] ?? '') }));
  const filled = lines.filter((line) => line.text !== '');
  const valid = filled.length > 0 && filled.every((line) => line.askedFen !== null && line.askedFen > 0);
  const sum = filled.reduce((fen, line) => fen + (line.askedFen ?? 0), 0);
  return (
    <ActFrame claim={claim} command="amend-benefits" draft={draft} guarded onDone={onDone} valid={valid} missing={t('form.amend.missing')}
      body={valid ? withNote({ benefits: filled.map(({ benefit, askedFen }) => ({ benefit, askedFen: askedFen ?? 0 })) }, note) : null}>
      {lines.map((line) => (
        <Field key={line.benefit} label={name('benefits', line.benefit)} hint={line.text !== '' && line.askedFen === null ? t('form.amend.noAmount') : t('form.amend.now', { amount: yuan(asked.find((one) => one.benefit === line.benefit)?.askedFen ?? 0) })}>
          <input required={filled.length === 0} inputMode="decimal" autoComplete="off" value={typed[line.benefit] ?? ''} aria-invalid={line.text !== '' && line.askedFen === null} onChange={(event) => { draft.set({ typed: { ...typed, [line.benefit]: event.target.value }, note }); }} />
        </Field>
      ))}
      <p className="amount"><b>{t('form.amend.sum', { amount: yuan(sum) })}</b></p>
      <NoteField value={note} onChange={(value) => { draft.set({ typed, note: value }); }} />
    </ActFrame>
  );
}
