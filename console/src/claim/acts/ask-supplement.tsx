import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { AskItem, startOf, type OpenItem, type Proposal } from '../../desk/judging/ask-item';
import { useWords } from '../../words/use-words';
import { NoteField } from './fields';
import { useActDraft, type ActFormProps } from './form';
import { ActFrame } from './frame';

/** The proposed reason goes as its code, so that each reads it in their own language; what was changed are own words. */
function whyOf({ document, why }: OpenItem, proposals: readonly Proposal[]): { whyCode: Proposal['why']['code'] } | { why: string } {
  const proposed = proposals.find((one) => one.document === document)?.why;
  return proposed && [proposed.zh, proposed.en].includes(why.trim()) ? { whyCode: proposed.code } : { why };
}

/** One request for everything: what the matrix still wants is proposed, each item can be changed or left out, others added (SPEC §1.7). */
export default function AskSupplement({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('desk');
  const words = useWords();
  const rules = useRules();
  const proposals = claim.assessment?.oneAsk ?? [];
  const draft = useActDraft(claim, 'ask-supplement', { items: proposals.map((one) => startOf(one, words(one.why))), note: '' });
  const { items, note } = draft.value;
  const set = (n: number, item: OpenItem): void => { draft.set({ items: items.map((one, at) => (at === n ? item : one)), note }); };
  const chosen = items.filter(({ chosen: isChosen }) => isChosen);
  const valid = chosen.length > 0 && chosen.every((item) => item.why.trim() !== '' && (item.document ?? item.fact) !== null);
  const pauses = claim.acts.some((act) => act.command === 'ask-supplement' && act.pauses) && chosen.some((item) => item.couldNotHaveBeenKnown);
  const asked = claim.clinical?.supplements.length ?? 0;
  const left = (rules?.mostRequests ?? 0) - asked - 1;
  return (
    <ActFrame claim={claim} command="ask-supplement" draft={draft} guarded onDone={onDone} valid={valid} missing={t('ask.missing')}
      body={{ items: chosen.map((item) => ({ ...(item.document === null ? {} : { document: item.document }), ...(item.fact === null ? {} : { fact: item.fact }), from: item.from, couldNotHaveBeenKnown: item.couldNotHaveBeenKnown, ...whyOf(item, proposals) })), ...(note.trim() === '' ? {} : { note }) }}>
      <p className="ask-count" role="status"><b>{t('ask.number', { number: asked + 1 })}</b>{rules !== undefined && ` ${left > 0 ? t('ask.left', { count: left }) : t('ask.last')}`} {t((claim.assessment?.acceptance ?? null) === null ? 'ask.notBegun' : pauses ? 'ask.pauses' : 'ask.runsOn')} {t('ask.whyHint')}</p>
      <ol className="ask-items">
        {items.map((item, n) => <li key={item.key}><AskItem item={item} proposal={proposals.find((one) => one.document === item.document && item.proposed) ?? null} onChange={(next) => { set(n, next); }} {...(item.proposed ? {} : { onRemove: () => { draft.set({ items: items.filter((one) => one !== item), note }); } })} /></li>)}
      </ol>
      <Button disabled={!rules} onClick={() => { draft.set({ items: [...items, { key: crypto.randomUUID(), chosen: true, proposed: false, document: null, fact: null, from: 'hospital', couldNotHaveBeenKnown: false, why: '' }], note }); }}>{t('ask.more')}</Button>
      <NoteField value={note} onChange={(value) => { draft.set({ items, note: value }); }} hint={t('ask.noteHint')} />
    </ActFrame>
  );
}
