import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { Choices, NoteField } from './fields';
import { useActDraft, type ActBody, type ActFormProps } from './form';
import { ActFrame } from './frame';

type Tier = ActBody<'override-tier'>['tier'];

export default function OverrideTier({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const longer = claim.acts.find(({ command }) => command === 'override-tier')?.tiers ?? [];
  const tiers = useRules()?.tiers.filter(({ code }) => longer.includes(code)) ?? [];
  const draft = useActDraft(claim, 'override-tier', { tier: null as Tier | null, note: '' });
  const { tier, note } = draft.value;
  return (
    <ActFrame claim={claim} command="override-tier" draft={draft} guarded onDone={onDone} valid={tier !== null && note.trim() !== ''} body={tier && { tier, note }}>
      <Choices legend={t('form.tier.which', { tier: claim.tier ?? '' })} name="tier" value={tier} onChange={(value) => { draft.set({ tier: value, note }); }}
        options={tiers.map((one) => ({ value: one.code, label: one.code, hint: t('form.tier.days', { decide: one.decideDays, settle: one.settleDays }) }))} />
      <NoteField required value={note} onChange={(value) => { draft.set({ tier, note: value }); }} />
    </ActFrame>
  );
}
