import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { RequestFailed } from '../api/problem';
import { useRules } from '../api/rules';
import type { components } from '../api/schema';
import { Loading } from '../app/loading';
import { PageMessage } from '../app/page-message';
import { isReport } from '../queue/act';
import { useKeptActs, useQueue } from '../queue/context';
import { putDraft, useDraft } from '../queue/use-draft';
import { useSendAct } from '../queue/use-send-act';
import type { KeptAct } from '../queue/store';
import { useSession } from '../session/context';
import { UploadPicker } from '../upload/picker';
import { Due } from '../words/due';
import { Failure } from '../words/failure';
import { instantWords, typedTime } from '../words/time';
import { useLanguage } from '../words/use-words';
import { factsOf, missingFacts, type TypedFacts } from './facts';
import { FactsFields, useBenefitsOf } from './facts-fields';
import { useFirstWanted } from './wanted';
import '../claim/acts/style.css';
import './style.css';

type Report = components['schemas']['Report'];

/** A report that was made on this device: what became of it, and the next steps, the same before and after it has its number. */
export function KeptReportPage() {
  const { localId = '' } = useParams();
  const { t } = useTranslation('report');
  const navigate = useNavigate();
  const api = useApi();
  const acts = useKeptActs();
  const report = acts.findLast((act) => isReport(act) && act.localId === localId);
  const claimNo = report?.claimNo ?? null;
  // The form stays until there is an answer: a refusal and what was typed stand in it.
  const sender = useSendAct();
  const { data: claim } = useQuery({ queryKey: ['claim', claimNo], enabled: claimNo !== null, queryFn: async () => bodyOf(await api.GET('/v1/claims/{claimNo}', { params: { path: { claimNo: claimNo ?? '' } } })) });
  if (!report) return <PageMessage title={t('kept.gone')}><Link to="/claims">{t('kept.claims')}</Link></PageMessage>;
  const hasFacts = acts.some((act) => act.localId === localId && act.command === 'submit-facts' && act.state !== 'refused') || (claim?.clinical?.facts ?? null) !== null;
  return (
    <div className="kept-report">
      {claimNo === null ? <Unnumbered report={report} /> : <Numbered report={report} claimNo={claimNo} claim={claim} />}
      <section className="card"><h2>{t('kept.factsTitle')}</h2>{hasFacts && !sender.sending ? <p>{t('kept.factsKept')}</p> : <LocalFacts report={report} {...sender} />}</section>
      <section className="card"><h2>{t('kept.documents')}</h2><UploadPicker of={{ claimNo, localId }} clinical={claim?.clinical ?? null} outcomeType={(report.body as Report).outcomeType} /></section>
      <div className="act-end">
        {claimNo !== null && <Button size="large" onClick={() => { void navigate(`/claims/${claimNo}`); }}>{t('kept.claim')}</Button>}
        <Button size="large" onClick={() => { void navigate('/report'); }}>{t('kept.next')}</Button>
      </div>
    </div>
  );
}

/** The server has it: the 24 hours run from the moment it came there. */
function Numbered({ report, claimNo, claim }: { report: KeptAct; claimNo: string; claim: components['schemas']['Claim'] | undefined }) {
  const { t } = useTranslation('report');
  const twice = (report.answer as { duplicateOfEarlierReport?: boolean } | null)?.duplicateOfEarlierReport === true;
  const clock = claim?.clocks.find((one) => one.name === 'collection');
  return (
    <>
      <header><h1 tabIndex={-1}>{t(twice ? 'kept.twice' : 'kept.opened')} <Link to={`/claims/${claimNo}`}>{claimNo}</Link></h1>{twice && <p className="quiet">{t('kept.twiceHint')}</p>}</header>
      {claim?.stage === 'collecting' && clock && <p className="minimum">{t('kept.until')} <Due dueAt={clock.dueAt} full /></p>}
    </>
  );
}

/** It waits here under the patient's name; facts and files may join it, and follow it in order. */
function Unnumbered({ report }: { report: KeptAct }) {
  const { t } = useTranslation('report');
  const language = useLanguage();
  const queue = useQueue();
  const navigate = useNavigate();
  const refused = report.state === 'refused';
  async function edit(): Promise<void> {
    if (report.draft) await putDraft(report.personId, report.draft.key, { ...(report.draft.value as object), localId: report.localId });
    await queue.forget(report.id);
    void navigate('/report');
  }
  return (
    <>
      <header><h1 tabIndex={-1}>{t('kept.unnumbered', { name: report.name ?? '' })}</h1><p className="quiet">{t('kept.since', { at: instantWords(report.saidAt, language) })}</p></header>
      {refused ? <Failure error={new RequestFailed(report.status ?? 0, report.problem)} /> : <p className="minimum">{t('kept.waits')}</p>}
      <div className="act-end">
        {refused ? <Button type="primary" size="large" onClick={() => { void edit(); }}>{t('kept.edit')}</Button> : <Button size="large" loading={report.state === 'sending'} onClick={() => { void queue.flush(); }}>{t('kept.retry')}</Button>}
      </div>
    </>
  );
}

function LocalFacts({ report, send, sending }: { report: KeptAct } & ReturnType<typeof useSendAct>) {
  const { t } = useTranslation('report');
  const { role } = useSession();
  const rules = useRules();
  const queue = useQueue();
  const { outcomeType, occurredAt } = report.body as Report;
  const key = `facts ${report.localId ?? ''}`;
  const { value, set, clear, ready } = useDraft<TypedFacts>(key, { outcomeType, occurred: typedTime(new Date(occurredAt)), amounts: {}, answers: {}, narrative: '' });
  const form = useRef<HTMLFormElement>(null);
  const [tooEarly, setTooEarly] = useState(0);
  useFirstWanted(form, tooEarly);
  const [refusal, setRefusal] = useState<RequestFailed | null>(null);
  const benefits = useBenefitsOf(value.outcomeType);
  const body = factsOf(value, benefits);
  const missing = missingFacts(value, benefits);
  if (!ready || !rules || role === null) return <Loading />;
  if (!rules.commands.some((one) => one.name === 'submit-facts' && (one.roles as string[]).includes(role))) return <p className="quiet">{t('kept.factsByOthers')}</p>;
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setTooEarly(body === null || missing.length > 0 ? tooEarly + 1 : 0);
    if (body === null || missing.length > 0 || sending || report.localId === null) return;
    setRefusal(null);
    const outcome = await send({ claimNo: report.claimNo, localId: report.localId, command: 'submit-facts', body, name: report.name ?? '', draft: { key, value } });
    if (outcome.kind === 'refused') {
      setRefusal(new RequestFailed(outcome.status, outcome.problem));
      await queue.forget(outcome.id);
    } else await clear();
  }
  return (
    <form ref={form} className="act" noValidate aria-label={t('kept.factsTitle')} onSubmit={(event) => { void submit(event); }}>
      <FactsFields value={value} marked={tooEarly > 0} onChange={set} />
      {refusal && <Failure error={refusal} />}
      {tooEarly > 0 && missing.length > 0 && <p role="alert" className="act-missing">{t('missing', { fields: missing.map((one) => t(`fact.${one}`)).join(t('comma')) })}</p>}
      <div className="act-end"><Button type="primary" htmlType="submit" size="large" loading={sending}>{t('kept.sendFacts')}</Button></div>
    </form>
  );
}
