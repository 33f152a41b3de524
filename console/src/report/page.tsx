import { Button } from 'antd';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { RequestFailed } from '../api/problem';
import { useRules } from '../api/rules';
import { Loading } from '../app/loading';
import { Choices, Field } from '../claim/acts/fields';
import { REPORT_PATH } from '../queue/act';
import { useQueue } from '../queue/context';
import { useDraft } from '../queue/use-draft';
import { useSendAct } from '../queue/use-send-act';
import { useSession } from '../session/context';
import type { Person } from '../session/session';
import { Failure } from '../words/failure';
import { useWords } from '../words/use-words';
import { MomentField } from './moment-field';
import { missingIn, newReport, rememberDepartment, reportOf, type Missing, type TypedReport } from './report';
import { useFirstWanted, Wanted } from './wanted';
import '../claim/acts/style.css';
import './style.css';

/** Reporting an event: at the bedside, with one thumb, with or without a network (SPEC §1.1). */
export function ReportPage() {
  const { person } = useSession();
  return person && <ReportForm person={person} />;
}

function ReportForm({ person }: { person: Person }) {
  const { t } = useTranslation('report');
  const words = useWords();
  const rules = useRules();
  const navigate = useNavigate();
  const queue = useQueue();
  const { send, sending } = useSendAct();
  const [first] = useState(() => newReport(person));
  const { value, set, clear, ready } = useDraft<TypedReport>('report', first);
  const form = useRef<HTMLFormElement>(null);
  const [tooEarly, setTooEarly] = useState(0);
  useFirstWanted(form, tooEarly);
  const [refusal, setRefusal] = useState<RequestFailed | null>(null);
  if (!ready) return <Loading />;
  const change = (changes: Partial<TypedReport>): void => { set({ ...value, ...changes }); };
  const missing = missingIn(value);
  const lacks = (field: Missing): boolean => tooEarly > 0 && missing.includes(field);
  const departments = rules?.departments.filter(({ code }) => person.departments === undefined || person.departments.includes(code)) ?? [];

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const body = reportOf(value);
    setTooEarly(body === null ? tooEarly + 1 : 0);
    if (body === null || sending) return;
    setRefusal(null);
    const outcome = await send({ claimNo: null, command: 'report', path: REPORT_PATH, body, name: value.name.trim(), draft: { key: 'report', value }, ...(value.localId === null ? {} : { localId: value.localId }) });
    if (outcome.kind === 'refused') {
      setRefusal(new RequestFailed(outcome.status, outcome.problem));
      set({ ...value, localId: value.localId ?? outcome.id });
      await queue.forget(outcome.id);
      return;
    }
    rememberDepartment(value.department);
    await clear();
    void navigate(`/report/${value.localId ?? outcome.id}`, { replace: true });
  }

  return (
    <form ref={form} className="act report" noValidate aria-labelledby="report-title" onSubmit={(event) => { void submit(event); }}>
      <header><h1 id="report-title">{t('title')}</h1><p className="quiet">{t('causes')}</p></header>
      <Wanted missing={lacks('recordNo')}><Field label={t('field.recordNo')} hint={t('field.recordNoHint')}>
        <input value={value.recordNo} required autoComplete="off" autoCapitalize="characters" spellCheck={false} maxLength={64} aria-invalid={lacks('recordNo')} onChange={(event) => { change({ recordNo: event.target.value }); }} />
      </Field></Wanted>
      <Wanted missing={lacks('name')}><Field label={t('field.name')}><input value={value.name} required autoComplete="off" maxLength={100} aria-invalid={lacks('name')} onChange={(event) => { change({ name: event.target.value }); }} /></Field></Wanted>
      <Wanted missing={lacks('outcomeType')}><Choices legend={t('field.outcome')} name="outcome" value={value.outcomeType} onChange={(outcomeType) => { change({ outcomeType }); }}
        options={rules?.outcomeTypes.toReversed().map(({ code, title }) => ({ value: code, label: words(title) })) ?? []} /></Wanted>
      <Wanted missing={lacks('occurred')}><MomentField legend={t('field.occurred')} value={value.occurred} onChange={(occurred) => { change({ occurred }); }} /></Wanted>
      <Wanted missing={lacks('surgery')}><MomentField legend={t('field.surgery')} value={value.surgery} onChange={(surgery) => { change({ surgery }); }} /></Wanted>
      <Wanted missing={lacks('department')}><Field label={t('field.department')}>
        <select value={value.department} required aria-invalid={lacks('department')} onChange={(event) => { change({ department: event.target.value }); }}>
          <option value="">{t('field.choose')}</option>
          {departments.map(({ code, title }) => <option key={code} value={code}>{words(title)}</option>)}
        </select>
      </Field></Wanted>
      <details className="report-more">
        <summary>{t('more')}</summary>
        <Field label={t('field.sex')}>
          <select value={value.sex} onChange={(event) => { change({ sex: event.target.value }); }}><option value="">{t('field.unsaid')}</option>{rules?.sexes.map(({ code, title }) => <option key={code} value={code}>{words(title)}</option>)}</select>
        </Field>
        <Field label={t('field.birthDate')}><input type="date" value={value.birthDate} onChange={(event) => { change({ birthDate: event.target.value }); }} /></Field>
        <Field label={t('field.phone')}><input type="tel" autoComplete="off" value={value.phone} onChange={(event) => { change({ phone: event.target.value }); }} /></Field>
        <Field label={t('field.surgeryCode')} hint={t('field.surgeryCodeHint')}><input inputMode="numeric" autoComplete="off" value={value.surgeryCode} onChange={(event) => { change({ surgeryCode: event.target.value }); }} /></Field>
        {value.outcomeType === 'death' && <MomentField legend={t('field.died')} required={false} value={value.died} onChange={(died) => { change({ died }); }} />}
      </details>
      {refusal && <Failure error={refusal} />}
      {tooEarly > 0 && missing.length > 0 && <p role="alert" className="act-missing">{t('missing', { fields: missing.map((field) => t(`field.${field === 'outcomeType' ? 'outcome' : field}`)).join(t('comma')) })}</p>}
      <footer className="act-end"><Button type="primary" htmlType="submit" size="large" loading={sending}>{t('send')}</Button></footer>
    </form>
  );
}
