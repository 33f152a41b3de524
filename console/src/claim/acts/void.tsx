import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../../api/client';
import { useApi } from '../../api/context';
import { Failure } from '../../words/failure';
import { instantWords } from '../../words/time';
import { useLanguage } from '../../words/use-words';
import { useNames } from '../names';
import { Choices, Field, NoteField, type Choice } from './fields';
import { useActDraft, withNote, type ActFormProps } from './form';
import { ActFrame } from './frame';

/** The claim that stays is chosen, never typed blind: those of the same patient or operation first, any other by search. */
export default function Void({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const api = useApi();
  const name = useNames();
  const language = useLanguage();
  const draft = useActDraft(claim, 'void', { survivor: null as string | null, note: '' });
  const { survivor, note } = draft.value;
  const [search, setSearch] = useState('');
  const q = search.trim();
  const found = useQuery({ queryKey: ['lists', 'survivor', q], enabled: q.length > 1, queryFn: async () => bodyOf(await api.GET('/v1/claims', { params: { query: { q, limit: 10 } } })) });
  const related = (claim.related ?? []).flatMap((one): Array<Choice<string>> => (one.claimNo === null || one.why === 'duplicate' ? [] : [{ value: one.claimNo, label: one.claimNo, hint: [t(`related.${one.why}`), name('stages', one.stage)].join(' · ') }]));
  const others = (found.data?.items ?? []).filter((one) => one.claimNo !== claim.claimNo && one.closedAs !== 'void' && !related.some((known) => known.value === one.claimNo))
    .map((one): Choice<string> => ({ value: one.claimNo, label: one.claimNo, hint: [name('departments', one.department), name('outcomeTypes', one.outcomeType), name('stages', one.stage), instantWords(one.reportedAt, language)].filter(Boolean).join(' · ') }));
  const kept = survivor !== null && ![...related, ...others].some((one) => one.value === survivor) ? [{ value: survivor, label: survivor }] : [];
  const options = [...kept, ...related, ...others];
  return (
    <ActFrame claim={claim} command="void" draft={draft} guarded harm={t('form.void.harm', { claimNo: claim.claimNo })} onDone={onDone} valid={survivor !== null} missing={t('form.void.missing')} body={survivor === null ? null : withNote({ survivor }, note)}>
      <Field label={t('form.void.search')} hint={t('form.void.searchHint')}><input type="search" autoComplete="off" value={search} onChange={(event) => { setSearch(event.target.value); }} /></Field>
      {found.error && <Failure error={found.error} />}
      {options.length > 0 ? <Choices legend={t('form.void.survivor')} name="survivor" options={options} value={survivor} onChange={(value) => { draft.set({ survivor: value, note }); }} /> : <p className="quiet" role="status">{t(q.length > 1 && !found.isFetching ? 'form.void.none' : 'form.void.begin')}</p>}
      <NoteField value={note} onChange={(value) => { draft.set({ survivor, note: value }); }} />
    </ActFrame>
  );
}
