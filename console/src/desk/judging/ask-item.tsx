import './style.css';
import { Button } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import type { components } from '../../api/schema';
import type { ActBody } from '../../claim/acts/form';
import { Field } from '../../claim/acts/fields';
import { useNames } from '../../claim/names';
import { dayOf, dayWords } from '../../words/time';
import { useLanguage, useWords } from '../../words/use-words';

type Item = ActBody<'ask-supplement'>['items'][number];
export type Proposal = components['schemas']['AskProposal'];

/** An item of a request on its way. */
export interface OpenItem {
  key: string;
  chosen: boolean;
  /** By the matrix, not added by hand. */
  proposed: boolean;
  document: NonNullable<Item['document']> | null;
  fact: NonNullable<Item['fact']> | null;
  from: Item['from'];
  couldNotHaveBeenKnown: boolean;
  why: string;
}

/** What is needed as the facts stand is chosen from the start; what would be needed only if something else holds is offered. */
export const startOf = ({ document, from, couldNotHaveBeenKnown, conditional, alreadyAsked }: Proposal, why: string): OpenItem =>
  ({ key: document, chosen: conditional === null && !alreadyAsked, proposed: true, document, fact: null, from, couldNotHaveBeenKnown, why });

/** One item: whether to ask it, from whom, why, and whether it could have been asked before. */
export function AskItem({ item, proposal, onChange, onRemove }: { item: OpenItem; proposal: Proposal | null; onChange: (item: OpenItem) => void; onRemove?: () => void }) {
  const { t } = useTranslation('desk');
  const words = useWords();
  const language = useLanguage();
  const name = useNames();
  const rules = useRules();
  const id = useId();
  const title = item.document !== null ? name('documentKinds', item.document) : item.fact !== null ? name('facts', item.fact) : t('ask.newItem');
  return (
    <div className={`ask-item${item.chosen ? ' ask-chosen' : ''}`}>
      <label className="ask-title">
        <input type="checkbox" checked={item.chosen} onChange={() => { onChange({ ...item, chosen: !item.chosen }); }} />
        <span><b id={id}>{title}</b>{proposal?.alreadyAsked && <span className="tag tag-soon">{t('ask.alreadyAsked')}</span>}
          {!item.chosen && <small className="quiet">{item.why}</small>}
        </span>
      </label>
      {item.chosen && (
        <div className="ask-more" role="group" aria-labelledby={id}>
          {!item.proposed && (
            <Field label={t('ask.what')}>
              <select value={item.document !== null ? `document ${item.document}` : item.fact !== null ? `fact ${item.fact}` : ''} required onChange={(event) => {
                const [kind, code] = event.target.value.split(' ');
                onChange({ ...item, document: kind === 'document' ? (code as OpenItem['document']) : null, fact: kind === 'fact' ? (code as OpenItem['fact']) : null });
              }}>
                <option value="" disabled>{t('ask.choose')}</option>
                <optgroup label={t('ask.documents')}>{rules?.documentKinds.map((one) => <option key={one.code} value={`document ${one.code}`}>{words(one.title)}</option>)}</optgroup>
                <optgroup label={t('ask.facts')}>{rules?.facts.map((one) => <option key={one.code} value={`fact ${one.code}`}>{words(one.title)}</option>)}</optgroup>
              </select>
            </Field>
          )}
          <Field label={t('ask.from')} {...(proposal?.dueBy && item.from === proposal.from ? { hint: t('ask.dueBy', { day: dayWords(dayOf(proposal.dueBy), language) }) } : {})}>
            <select value={item.from} onChange={(event) => { onChange({ ...item, from: event.target.value as Item['from'] }); }}>{rules?.askedFrom.map((one) => <option key={one.code} value={one.code}>{words(one.title)}</option>)}</select>
          </Field>
          <Field label={t('ask.why')}><textarea value={item.why} maxLength={2000} required onChange={(event) => { onChange({ ...item, why: event.target.value }); }} /></Field>
          <label className="ask-known"><input type="checkbox" checked={item.couldNotHaveBeenKnown} onChange={() => { onChange({ ...item, couldNotHaveBeenKnown: !item.couldNotHaveBeenKnown }); }} /> <span>{t('ask.couldNotHaveBeenKnown')}</span></label>
          {onRemove && <Button size="small" onClick={onRemove}>{t('ask.remove')}</Button>}
        </div>
      )}
    </div>
  );
}
