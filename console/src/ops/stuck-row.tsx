import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { components } from '../api/schema';
import { useNames } from '../claim/names';
import { Due } from '../words/due';
import { useNow } from '../words/now';
import { instantWords, lengthWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import type { StuckClaim } from './stuck';

type Cause = components['schemas']['StuckClaim']['causes'][number];

/** One claim: where it is and since when, why, what is safe to do, and where to look. */
export function StuckRow({ claim }: { claim: StuckClaim }) {
  const { t } = useTranslation('ops');
  const name = useNames();
  const language = useLanguage();
  const now = useNow();
  return (
    <tr>
      <th scope="row"><Link to={`/claims/${claim.claimNo}`} className="mono">{claim.claimNo}</Link><br /><span className="quiet">{claim.hospital} · {claim.insurer}{claim.tier === null ? '' : ` · ${claim.tier}`}</span></th>
      <td data-label={t('stuck.column.stage')}>{name('stages', claim.stage)}<br /><span className="quiet" title={instantWords(claim.since, language)}>{t('stuck.since', { age: lengthWords(now - Date.parse(claim.since), language) })}</span></td>
      <td data-label={t('stuck.column.cause')}><ul className="ops-list">{claim.causes.map((cause, n) => <li key={n}><b>{name('causes', cause.kind)}</b> <CauseDetails cause={cause} /></li>)}</ul></td>
      <td data-label={t('stuck.column.repair')}><ul className="ops-list">{claim.repairs.map((repair) => <li key={repair}>{name('repairs', repair)}</li>)}</ul></td>
      <td data-label={t('stuck.column.links')}><a href={claim.process.temporalUi} target="_blank" rel="noreferrer">{t('stuck.workflow')}<span className="ops-hidden"> {claim.claimNo}</span></a><br /><span className="quiet">{t(`stuck.process.${claim.process.kind}`)}</span></td>
    </tr>
  );
}

/** What is known of a cause beyond its name: codes, counts and times. */
function CauseDetails({ cause }: { cause: Cause }) {
  const { t } = useTranslation('ops');
  const name = useNames();
  const language = useLanguage();
  const at = (iso: string | null): string => (iso === null ? '–' : instantWords(iso, language));
  switch (cause.kind) {
    case 'waiting': case 'overdue':
      return <span>{name('tasks', cause.task)} · {cause.roles.map((role) => name('roles', role)).join(', ')} · {t(cause.assignee === null ? 'cause.pool' : 'cause.held')} · <Due dueAt={cause.dueAt} paused={cause.dueAt === null} provisional={cause.provisional} /></span>;
    case 'activity-failing': return <span className="mono">{cause.activity} {cause.errorType} · {t('cause.attempts', { count: cause.attempts })} · {t('cause.nextTry', { at: at(cause.nextAttemptAt) })}</span>;
    case 'not-started': return <span>{t('cause.since', { at: at(cause.since) })} · {t('cause.attempts', { count: cause.attempts })}{cause.lastError !== null && <span className="mono"> · {cause.lastError}</span>}</span>;
    case 'workflow-task-failing': return <span>{t('cause.since', { at: at(cause.since) })} · {t('cause.attempts', { count: cause.attempts })}</span>;
    case 'no-worker': return <span>{cause.taskQueue} · {t('cause.since', { at: at(cause.since) })}</span>;
    case 'not-getting-through': return <span>{t('cause.since', { at: at(cause.since) })}</span>;
    case 'marked-stuck': return <span><span className="mono">{cause.cause}</span> · {t('cause.since', { at: at(cause.since) })}</span>;
    case 'workflow-ended': return <span className="mono">{cause.how} · {at(cause.at)}</span>;
    case 'calendar-unknown': return <span>{cause.years.join(', ')}{cause.nextDeadline === null ? '' : ` · ${at(cause.nextDeadline)}`}</span>;
    case 'workflows-away': case 'workflow-missing': return null;
  }
}
