import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useRules } from '../api/rules';
import type { ClaimView, CommandName } from '../claim/acts/form';
import { dayOf, dayWords, instantWords } from '../words/time';
import { useLanguage, useWords } from '../words/use-words';
import './style.css';

const ACTS: readonly CommandName[] = ['set-hold', 'withdraw-consent'];

/** What of the claim is kept until when and why, what was erased by which rule, and what holds it. */
export default function Retention({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('retention');
  const words = useWords();
  const language = useLanguage();
  const rules = useRules();
  const [, setParams] = useSearchParams();
  const { kept, erased, held, holds, consentWithdrawnAt } = claim.retention;
  const acts = ACTS.filter((command) => claim.allowed.includes(command));
  const title = (command: CommandName): string => { const row = rules?.commands.find((one) => one.name === command); return row ? words(row.title) : ''; };
  return (
    <section className="card" aria-labelledby="retention-title">
      <h2 id="retention-title">{t('title')}</h2>
      {claim.stage !== 'closed' && <p className="quiet">{words(claim.retention.plain)}</p>}
      <ul className="plain-list retention">
        {erased.map((one) => <li key={one.what}><b>{t('erased', { title: words(one.title), day: dayWords(dayOf(one.at), language), rule: words(one.ruleTitle) })}</b><small className="quiet">{words(one.because)}</small></li>)}
        {kept.map((one) => one.until !== null && <li key={one.what}>{t('kept', { title: words(one.title), day: dayWords(one.until, language) })}<small className="quiet">{words(one.because)}</small></li>)}
        {consentWithdrawnAt !== null && <li>{t('consent', { at: instantWords(consentWithdrawnAt, language) })}</li>}
        {holds?.map((hold) => {
          const reason = rules?.holdReasons.find((one) => one.code === hold.reason)?.title;
          return (
            <li key={hold.holdId}>
              <b>{t('hold', { reason: reason ? words(reason) : '', side: t(`side.${hold.side}`), name: claim.names[hold.by] ?? t('someone'), at: instantWords(hold.at, language) })}</b>
              {hold.mayLift && claim.allowed.includes('lift-hold') && <Button size="small" className="no-print" data-act="lift-hold" onClick={() => { setParams({ act: 'lift-hold', about: hold.holdId }); }}>{title('lift-hold')}</Button>}
            </li>
          );
        })}
      </ul>
      {claim.stage === 'closed' && held && kept.length > 0 && <p className="due-soon">{t('held')}</p>}
      {acts.length > 0 && <div className="row no-print">{acts.map((command) => <Button key={command} data-act={command} onClick={() => { setParams({ act: command }); }}>{title(command)}</Button>)}</div>}
    </section>
  );
}
