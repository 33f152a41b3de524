import './style.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../../api/client';
import { useApi } from '../../api/context';
import type { components } from '../../api/schema';
import { Loading } from '../../app/loading';
import type { ClaimView } from '../../claim/acts/form';
import { Letter } from '../../patient/letter';
import { Failure } from '../../words/failure';

type Judged = components['schemas']['LetterPreview'];
const AFTER_MS = 400;

/** The letter as the patient would read it, written by the server while one decides; nothing is sent. */
export function LetterPreview({ claim, judged }: { claim: ClaimView; judged: Judged | null }) {
  const { t } = useTranslation('desk');
  const api = useApi();
  const { claimNo } = claim;
  const [open, setOpen] = useState(false);
  const body = useSettled(judged);
  const { data, error, refetch } = useQuery({
    queryKey: ['letter', claimNo, body], enabled: open && body !== null, staleTime: Infinity, gcTime: 0, placeholderData: keepPreviousData,
    queryFn: async () => bodyOf(await api.POST('/v1/claims/{claimNo}/letter-preview', { params: { path: { claimNo } }, body: body as Judged })),
  });
  return (
    <details className="letter-preview" onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>{t('letter.title')}</summary>
      {judged === null ? <p className="quiet">{t('letter.unfinished')}</p> : error ? <Failure error={error} onRetry={() => { void refetch(); }} /> : data ? <Letter claim={claim} letter={data} /> : <Loading />}
    </details>
  );
}

/** A value once it has stood still for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = window.setTimeout(() => { setSettled(value); }, AFTER_MS);
    return () => { window.clearTimeout(timer); };
   
  }, [key]);
  return settled;
}
