import { Button } from 'antd';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { RequestFailed } from '../api/problem';
import { Loading } from '../app/loading';
import { PageMessage } from '../app/page-message';
import { useClaim } from '../claim/use-claim';
import { Failure } from '../words/failure';
import { CheckedOf } from './checked';
import { Judgement } from './judgement';
import { usePlace } from './place';
import { Reading } from './reading';
import { Split } from './split';
import '../claim/style.css';
import './style.css';

const SIDES = ['reading', 'judgement'] as const;

/** /claims/:claimNo/desk: the papers on the left, judging on the right; one after the other where there is no room for both. */
export function DeskPage() {
  const { claimNo = '' } = useParams();
  const { t } = useTranslation('desk');
  const navigate = useNavigate();
  const place = usePlace();
  const wide = useWide();
  const { data: claim, error, refetch } = useClaim(claimNo);
  const back = <Button type="primary" onClick={() => { void navigate(`/claims/${claimNo}`); }}>{t('whole')}</Button>;
  if (!claim) {
    if (error instanceof RequestFailed && error.status === 404) return <PageMessage title={t('nowhere', { claimNo })}><Button type="primary" onClick={() => { void navigate('/'); }}>{t('home')}</Button></PageMessage>;
    return error ? <Failure error={error} onRetry={() => { void refetch(); }} /> : <Loading />;
  }
  if (!claim.clinical) return <PageMessage title={t('notYours')} hint={t('notYoursHint')}>{back}</PageMessage>;
  const reading = <Reading claim={claim} />;
  const judgement = <Judgement claim={claim} />;
  if (wide) return <CheckedOf key={claimNo} claimNo={claimNo}><div className="desk"><Split label={t('border')} left={reading} right={judgement} /></div></CheckedOf>;
  const side = place.side === 'judgement' ? 'judgement' : 'reading';
  return (
    <CheckedOf key={claimNo} claimNo={claimNo}>
      <div className="desk desk-narrow">
        {side === 'reading' && <h1 className="visually-hidden">{claimNo}</h1>}
        <div className="desk-acts" role="group" aria-label={t('sides')}>{SIDES.map((one) => <button key={one} type="button" aria-pressed={one === side} onClick={() => { place.go({ side: one }); }}>{t(`side.${one}`)}</button>)}</div>
        {/* Both stay: what is half read or half written is there on coming back. */}
        <div className="desk-side" hidden={side !== 'reading'}>{reading}</div>
        <div className="desk-side" hidden={side !== 'judgement'}>{judgement}</div>
      </div>
    </CheckedOf>
  );
}

const WIDE = window.matchMedia('(min-width: 1000px)');
const useWide = (): boolean => useSyncExternalStore((onChange) => { WIDE.addEventListener('change', onChange); return () => { WIDE.removeEventListener('change', onChange); }; }, () => WIDE.matches);
