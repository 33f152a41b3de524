import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import type { components } from '../api/schema';
import { Loading } from '../app/loading';
import { Failure } from '../words/failure';
import { useWords } from '../words/use-words';
import { Clocks } from './clocks';
import { Contact, Paper } from './contact';
import { KeptHere } from './kept';
import { rememberContact } from './link-session';
import { Letter } from './letter';
import { Objection } from './objection';
import { Papers } from './papers';
import { PayeeAccount } from './payee';
import { Retention } from './retention';
import { Withdraw } from './withdraw';
import './style.css';

export type Claim = components['schemas']['Claim'];

/** A page opened from a link hears of changes by asking; nobody looks at it for long. */
const EVERY_MS = 30_000;

/**
 * One claim as the patient reads it: what happens now, what is asked of them, both clocks, the decision, whom to ask.
 * After a death the named person comes first and the colours stay away.
 */
export function PatientClaim({ claimNo }: { claimNo: string }) {
  const { t } = useTranslation('patient');
  const api = useApi();
  const words = useWords();
  const { data: claim, error, refetch } = useQuery({
    queryKey: ['claim', claimNo], refetchInterval: EVERY_MS,
    queryFn: async () => bodyOf(await api.GET('/v1/claims/{claimNo}', { params: { path: { claimNo } } })),
  });
  const contact = claim?.contact?.name;
  useEffect(() => { if (contact !== undefined) rememberContact(contact); }, [contact]);
  if (!claim) return error ? <Failure error={error} onRetry={() => { void refetch(); }} /> : <Loading />;
  const mourning = claim.clinical?.outcomeType === 'death';
  return (
    <div className={`patient${mourning ? ' patient-quiet' : ''}`}>
      {mourning && <Contact claim={claim} />}
      <section className="patient-now no-print" aria-live="polite">
        <h1>{t('now')}</h1>
        {claim.plain && <p className="patient-plain">{words(claim.plain)}</p>}
        <p className="quiet">{t('number', { claimNo })}</p>
      </section>
      <KeptHere claim={claim} />
      {claim.letter && <Letter claim={claim} letter={claim.letter} />}
      {claim.allowed.includes('dispute') && <Objection claim={claim} />}
      <Papers claim={claim} />
      {claim.allowed.includes('set-payee') && <PayeeAccount claim={claim} />}
      <Clocks claim={claim} />
      {!mourning && <Contact claim={claim} />}
      <Paper />
      {claim.allowed.includes('withdraw') && <Withdraw claim={claim} />}
      <Retention claim={claim} />
    </div>
  );
}
