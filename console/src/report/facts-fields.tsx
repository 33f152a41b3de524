import { useTranslation } from 'react-i18next';
import { useRules } from '../api/rules';
import { Choices, Field } from '../claim/acts/fields';
import { yuan } from '../words/money';
import { useWords } from '../words/use-words';
import { linesOf, missingFacts, QUESTIONS, type MissingFact, type TypedFacts } from './facts';
import { MomentField } from './moment-field';
import { Wanted } from './wanted';
import './style.css';

/** The facts in the order in which a nurse asks for them; it says throughout what still has to be there in time, and with `marked` at each field, too. */
export function FactsFields({ value, marked = false, onChange }: { value: TypedFacts; marked?: boolean; onChange: (value: TypedFacts) => void }) {
  const { t } = useTranslation('report');
  const words = useWords();
  const rules = useRules();
  const change = (changes: Partial<TypedFacts>): void => { onChange({ ...value, ...changes }); };
  const benefits = useBenefitsOf(value.outcomeType);
  const lines = linesOf(value, benefits);
  const missing = missingFacts(value, benefits);
  const lacks = (fact: MissingFact): boolean => marked && missing.includes(fact);
  return (
    <>
      <p className="minimum" role="status">{missing.length === 0 ? t('facts.enough') : t('facts.minimum', { fields: missing.map((one) => t(`fact.${one}`)).join(t('comma')) })}</p>
      <Wanted missing={lacks('occurred')}><MomentField legend={t('facts.occurred')} value={value.occurred} onChange={(occurred) => { change({ occurred }); }} /></Wanted>
      <Choices legend={t('facts.outcome')} name="outcome" value={value.outcomeType} onChange={(outcomeType) => { change({ outcomeType }); }}
        options={rules?.outcomeTypes.toReversed().map(({ code, title }) => ({ value: code, label: words(title) })) ?? []} />
      <Wanted missing={lacks('amounts')}><fieldset className="field">
        <legend>{t('facts.amounts')}</legend>
        {benefits.map((benefit) => (
          <label key={benefit} className="benefit">
            <span>{words(rules?.benefits.find(({ code }) => code === benefit)?.title ?? { zh: benefit, en: benefit })}</span>
            <input inputMode="decimal" autoComplete="off" placeholder="0.00" value={value.amounts[benefit] ?? ''} onChange={(event) => { change({ amounts: { ...value.amounts, [benefit]: event.target.value } }); }} />
          </label>
        ))}
        <small aria-live="polite">{lines === null ? t('facts.amountsHint') : t('facts.sum', { sum: yuan(lines.reduce((sum, line) => sum + line.askedFen, 0)) })}</small>
      </fieldset></Wanted>
      {QUESTIONS.map((question) => (
        <Wanted key={question} missing={lacks(question)}><fieldset className="yes-no">
          <legend>{t(`facts.${question}`)}</legend>
          <div>{[true, false].map((answer) => (
            <label key={String(answer)}><input type="radio" name={question} checked={value.answers[question] === answer} onChange={() => { change({ answers: { ...value.answers, [question]: answer } }); }} />{t(answer ? 'facts.yes' : 'facts.no')}</label>
          ))}</div>
        </fieldset></Wanted>
      ))}
      <Field label={t('facts.narrative')} hint={t('facts.narrativeHint')}>
        <textarea value={value.narrative} maxLength={2000} onChange={(event) => { change({ narrative: event.target.value }); }} />
      </Field>
    </>
  );
}

/** What can be asked for an outcome. */
export function useBenefitsOf(outcomeType: TypedFacts['outcomeType']) {
  return useRules()?.outcomeTypes.find(({ code }) => code === outcomeType)?.benefits ?? [];
}
