import { useTranslation } from 'react-i18next';
import { Loading } from '../../app/loading';
import { factsOf, missingFacts, type TypedFacts } from '../../report/facts';
import { FactsFields, useBenefitsOf } from '../../report/facts-fields';
import { typedTime } from '../../words/time';
import { useActDraft, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function SubmitFacts({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('report');
  const { clinical } = claim;
  const draft = useActDraft<TypedFacts>(claim, 'submit-facts', {
    outcomeType: clinical?.outcomeType ?? 'minor-complication', occurred: typedTime(new Date(clinical?.occurredAt ?? claim.reportedAt)), amounts: {}, answers: {}, narrative: '',
  });
  const benefits = useBenefitsOf(draft.value.outcomeType);
  const missing = missingFacts(draft.value, benefits);
  if (!draft.ready) return <Loading />;
  return (
    <ActFrame claim={claim} command="submit-facts" body={factsOf(draft.value, benefits)} valid={missing.length === 0} onDone={onDone} draft={draft} missing={t('missing', { fields: missing.map((one) => t(`fact.${one}`)).join(t('comma')) })}>
      <FactsFields value={draft.value} onChange={draft.set} />
    </ActFrame>
  );
}
