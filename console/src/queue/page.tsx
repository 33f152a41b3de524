import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { RequestFailed } from '../api/problem';
import { useRules } from '../api/rules';
import { useFiles, useKeptFiles } from '../upload/context';
import { FOR_THE_FILE } from '../upload/files';
import { SentFile } from '../upload/under-way';
import { Failure } from '../words/failure';
import { useNow } from '../words/now';
import { instantWords, lengthWords } from '../words/time';
import { useLanguage, useWords } from '../words/use-words';
import { isReport } from './act';
import { useKeptActs, useQueue } from './context';
import { putDraft } from './use-draft';
import type { KeptAct, KeptFile } from './store';
import { useUnsent } from './use-unsent';
import './style.css';

const OPEN: ReadonlyArray<KeptAct['state']> = ['waiting', 'sending', 'refused', 'kept'];

/** Everything that is on its way, with its state; nothing leaves this list unless the server has it or the person says so. */
export function UnsentPage() {
  const { t } = useTranslation('queue');
  const language = useLanguage();
  const now = useNow();
  const queue = useQueue();
  const files = useFiles();
  const { count, oldest } = useUnsent();
  const acts = useKeptActs();
  const sentFiles = useKeptFiles().filter((file) => file.state !== 'chosen');
  const [open, done] = [acts.filter((act) => OPEN.includes(act.state)), acts.filter((act) => act.state === 'done').toReversed()];
  const arrived = ({ state, purpose }: KeptFile): boolean => state === 'attached' || (state === 'stored' && purpose !== FOR_THE_FILE);
  const [underWay, stored] = [sentFiles.filter((file) => !arrived(file)), sentFiles.filter(arrived).toReversed()];
  return (
    <div className="unsent">
      <header className="row">
        <div className="grow"><h1>{t('title')}</h1><p className="quiet" role="status">{count === 0 ? t('none') : t('count', { count, age: lengthWords(now - Date.parse(oldest ?? ''), language), at: instantWords(oldest ?? '', language) })}</p></div>
        {count > 0 && <Button type="primary" onClick={() => { void Promise.all([queue.flush(), files.flush()]); }}>{t('retry')}</Button>}
      </header>
      {open.length > 0 && <section className="card" aria-label={t('acts')}><h2>{t('acts')}</h2><ul>{open.map((act) => <ActLine key={act.id} act={act} acts={acts} />)}</ul></section>}
      {underWay.length > 0 && <section className="card" aria-label={t('files')}><h2>{t('files')}</h2><ul>{underWay.map((file) => <SentFile key={file.id} file={file} />)}</ul></section>}
      {(done.length > 0 || stored.length > 0) && (
        <details className="card"><summary>{t('done', { count: done.length + stored.length })}</summary><ul>{done.map((act) => <ActLine key={act.id} act={act} acts={acts} />)}{stored.map((file) => <SentFile key={file.id} file={file} />)}</ul></details>
      )}
    </div>
  );
}

function ActLine({ act, acts }: { act: KeptAct; acts: readonly KeptAct[] }) {
  const { t } = useTranslation('queue');
  const words = useWords();
  const language = useLanguage();
  const rules = useRules();
  const queue = useQueue();
  const navigate = useNavigate();
  const command = rules?.commands.find(({ name }) => name === act.command);
  const what = isReport(act) ? t('report') : command ? words(command.title) : act.command;
  const hasReport = isReport(act) || acts.some((one) => isReport(one) && one.localId === act.localId);
  const state = act.state !== 'waiting' ? act.state : act.claimNo !== null || isReport(act) ? act.waitsFor ?? 'waiting' : hasReport ? 'behindReport' : 'noReport';
  /** Back into the form that it came from. */
  async function edit(): Promise<void> {
    if (act.draft) await putDraft(act.personId, act.draft.key, isReport(act) ? { ...(act.draft.value as object), localId: act.localId } : act.draft.value);
    await queue.forget(act.id);
    const [form, , , about] = act.draft?.key.split(' ') ?? [];
    void navigate(form === 'act' ? `/claims/${act.claimNo ?? ''}?${new URLSearchParams({ act: act.command, ...(about === undefined ? {} : { about }) }).toString()}` : isReport(act) ? '/report' : `/report/${act.localId ?? ''}`);
  }
  return (
    <li className="unsent-act">
      <div className="row"><b className="grow">{what} · {act.claimNo === null ? <span>{act.name ?? t('unnumbered')}</span> : <Link to={`/claims/${act.claimNo}`}>{act.claimNo}</Link>}</b><span className={`tag ${act.state === 'refused' ? 'tag-late' : ''}`}>{t(`state.${state}`)}</span></div>
      <div className="quiet">{instantWords(act.saidAt, language)}{act.attempts > 1 && ` · ${t('attempts', { count: act.attempts })}`}{act.replaces !== null && ` · ${t('nextVersion')}`}</div>
      {act.state === 'refused' && <Failure error={new RequestFailed(act.status ?? 0, act.problem)} />}
      <details><summary>{t('details')}</summary><dl><dt>{t('id')}</dt><dd>{act.id}</dd></dl>{act.body !== null && <pre>{JSON.stringify(act.body, null, 2)}</pre>}</details>
      {(act.state === 'refused' || act.state === 'waiting') && (
        <div className="row">
          {act.state === 'refused' && act.draft !== null && <Button type="primary" onClick={() => { void edit(); }}>{t('edit')}</Button>}
          {act.state === 'refused' && <Button onClick={() => { void queue.again(act.id); }}>{t('again')}</Button>}
          <Button danger type={act.state === 'refused' ? 'default' : 'text'} onClick={() => { if (window.confirm(t('discardSure', { what }))) void queue.forget(act.id); }}>{t('discard')}</Button>
        </div>
      )}
    </li>
  );
}
