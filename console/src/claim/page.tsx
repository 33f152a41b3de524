import { Button } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { BreakGlass } from '../glass/break-glass';
import { RequestFailed } from '../api/problem';
import { Loading } from '../app/loading';
import { PageMessage } from '../app/page-message';
import { useSession } from '../session/context';
import { Failure } from '../words/failure';
import { Acts } from './acts-panel';
import { Clocks } from './clocks';
import { Decision } from './decision';
import { Documents } from './documents';
import { EvidencePack } from './evidence';
import type { ClaimView } from './acts/form';
import { Head } from './head';
import { LetterButton } from './letter';
import { JustChanged } from './just-changed';
import { Parties } from './parties';
import { Payments } from './payments';
import { Reads } from './reads';
import { Related } from './related';
import { StageRail } from './stage-rail';
import { Story } from './story';
import { Supplements } from './supplements';
import { useClaim, useStagesLeft, useStory } from './use-claim';
import './style.css';

const Retention = lazy(() => import('../retention/panel'));
const PatientClaim = lazy(async () => ({ default: (await import('../patient/claim')).PatientClaim }));

/** /claims/:claimNo: who holds it, until when, and all that stands behind that. What a role may not see is not there. */
export function ClaimPage() {
  const { claimNo = '' } = useParams();
  const { role } = useSession();
  return role === 'patient' ? <PatientClaim claimNo={claimNo} /> : <StaffClaim key={claimNo} claimNo={claimNo} />;
}

function StaffClaim({ claimNo }: { claimNo: string }) {
  const { t } = useTranslation('claim');
  const navigate = useNavigate();
  const { role } = useSession();
  const { data: claim, error, refetch } = useClaim(claimNo);
  const story = useStory(claimNo, role !== 'ops' && claim !== undefined);
  const stagesLeft = useStagesLeft(claimNo, role !== 'ops' && claim !== undefined);
  const people = usePeople(claim, story.names);
  if (!claim) {
    if (error instanceof RequestFailed && error.status === 404) {
      return <PageMessage title={t('nowhere.title', { claimNo })} hint={t('nowhere.hint')}><Button type="primary" onClick={() => { void navigate('/claims'); }}>{t('nowhere.list')}</Button>{role === 'liaison' && <BreakGlass behind={{ what: 'claim', claimNo }} onBroken={() => { void refetch(); }} />}</PageMessage>;
    }
    return error ? <Failure error={error} onRetry={() => { void refetch(); }} /> : <Loading />;
  }
  return (
    <article className="claim">
      <Head claim={claim} people={people} />
      <JustChanged claim={claim} />
      {error && <Failure error={error} onRetry={() => { void refetch(); }} />}
      <StageRail claim={claim} events={stagesLeft} />
      <div className="claim-main">
        <Clocks claim={claim} />
        {claim.clinical && <Documents claim={claim} file={claim.clinical} people={people} />}
        {claim.clinical && <Supplements claim={claim} file={claim.clinical} people={people} />}
        {claim.amounts && <Decision claim={claim} amounts={claim.amounts} people={people}><LetterButton claim={claim} /></Decision>}
        {claim.amounts && <Payments amounts={claim.amounts} people={people} />}
        {role !== 'ops' && <Story story={story} people={people} />}
      </div>
      <div className="claim-side">
        <Acts claim={claim} />
        <Parties claim={claim} people={people} />
        <Related claim={claim} />
        <Suspense><Retention claim={claim} /></Suspense>
        <EvidencePack claimNo={claimNo} />
        <Reads claimNo={claimNo} />
      </div>
    </article>
  );
}

/** Names by person: those the claim brings, and those of its events. */
export type People = Readonly<Record<string, string>>;

function usePeople(claim: ClaimView | undefined, names: People): People {
  return useMemo(() => ({ ...names, ...claim?.names }), [claim, names]);
}
