import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import type { components } from '../api/schema';
import { Loading } from '../app/loading';
import { TeamAway } from '../away/team';
import { useNames } from '../claim/names';
import { Failure } from '../words/failure';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import { AboutToBreach } from './about-to-breach';
import { Tasks, type Asked } from './tasks';
import './style.css';

export type Team = components['schemas']['Team'];
const EVERY_MS = 30_000;
const COUNTS = ['breached', 'dueToday', 'open', 'paused'] as const;
type Count = (typeof COUNTS)[number];
/** The filter of the list behind each number: the server counts both by the same. */
const BEHIND: Record<Count, Asked> = { breached: { breached: 'true' }, dueToday: { due: 'today' }, open: {}, paused: { due: 'paused' } };

/** Who of one's own house carries what, what is about to breach and can be handed over, what lies in the pool, and which roles nobody holds (SPEC §1.6, §2). */
export function TeamPage() {
  const { t } = useTranslation('team');
  const language = useLanguage();
  const api = useApi();
  const name = useNames();
  const [query, setQuery] = useSearchParams();
  const { data: team, error, refetch } = useQuery({ queryKey: ['lists', 'team'], refetchInterval: EVERY_MS, queryFn: async () => bodyOf(await api.GET('/v1/team')) });
  if (!team) return error ? <Failure error={error} onRetry={() => { void refetch(); }} /> : <Loading />;
  const holder = query.get('holder');
  const role = query.get('role') as Asked['role'];
  const count = COUNTS.find((one) => one === query.get('count')) ?? 'open';
  const whose = holder === 'nobody' ? name('roles', role) : team.people.find((one) => one.personId === holder)?.name ?? holder ?? '';
  return (
    <div className="team">
      <div className="row"><h1 className="grow">{t('title')}</h1><span className="quiet">{t('asOf', { at: instantWords(team.asOf, language) })}</span></div>
      {error && <Failure error={error} onRetry={() => { void refetch(); }} />}
      {holder !== null && <Tasks asked={{ holder, ...(role ? { role } : {}), ...BEHIND[count] }} title={`${whose} · ${t(`count.${count}`)}`} onClose={() => { setQuery({}); }} />}
      {team.holes.length > 0 && <Holes holes={team.holes} />}
      <AboutToBreach soon={team.aboutToBreach} />
      <Pool pool={team.pool} />
      <People people={team.people} />
      <TeamAway people={team.people} />
    </div>
  );
}

function Holes({ holes }: { holes: Team['holes'] }) {
  const { t } = useTranslation('team');
  const name = useNames();
  return (
    <section className="card team-holes" role="alert" aria-labelledby="team-holes">
      <h2 id="team-holes">{t('holes.title')}</h2>
      <ul>{holes.map((hole) => (
        <li key={`${hole.role} ${hole.department ?? ''}`}>
          <b>{name('roles', hole.role)}</b>{hole.department !== null && ` · ${name('departments', hole.department)}`} · {t('holes.has', { has: hole.has, needs: hole.needs })}
          <span className="quiet"> · {t('holes.stages', { stages: hole.stages.map((stage) => name('stages', stage)).join(t('holes.and')) })}</span>
        </li>
      ))}</ul>
    </section>
  );
}

function Pool({ pool }: { pool: Team['pool'] }) {
  const { t } = useTranslation('team');
  const name = useNames();
  const language = useLanguage();
  return (
    <section className="card" aria-labelledby="team-pool">
      <h2 id="team-pool">{t('pool.title')}</h2>
      {pool.length === 0 ? <p className="quiet">{t('pool.empty')}</p> : (
        <table className="team-table">
          <thead><tr><th scope="col">{t('pool.role')}</th>{COUNTS.map((one) => <th key={one} scope="col">{t(`count.${one}`)}</th>)}<th scope="col">{t('pool.oldest')}</th></tr></thead>
          <tbody>{pool.map((one) => <tr key={one.role}><th scope="row">{name('roles', one.role)}</th><Counts of={one} whose={`holder=nobody&role=${one.role}`} /><td data-label={t('pool.oldest')}>{instantWords(one.oldestOpenedAt, language)}</td></tr>)}</tbody>
        </table>
      )}
    </section>
  );
}

function People({ people }: { people: Team['people'] }) {
  const { t } = useTranslation('team');
  const name = useNames();
  return (
    <section className="card" aria-labelledby="team-people">
      <h2 id="team-people">{t('people.title')}</h2>
      <table className="team-table">
        <thead><tr><th scope="col">{t('people.person')}</th>{COUNTS.map((one) => <th key={one} scope="col">{t(`count.${one}`)}</th>)}</tr></thead>
        <tbody>{people.map((person) => (
          <tr key={person.personId} className={person.open === 0 ? 'team-free' : undefined}>
            <th scope="row">{person.name}{!person.active && <span className="tag tag-late">{t('people.away')}</span>}<br /><span className="quiet">{person.roles.map((role) => name('roles', role)).join(t('holes.and'))}{person.departments.length > 0 && ` · ${person.departments.map((one) => name('departments', one)).join(t('holes.and'))}`}{person.open === 0 && <span className="quiet team-nothing"> · {t('people.nothing')}</span>}</span></th>
            <Counts of={person} whose={`holder=${encodeURIComponent(person.personId)}`} />
          </tr>
        ))}</tbody>
      </table>
      <p className="quiet"><Link to="/claims?breached=true">{t('people.breachedClaims')}</Link></p>
    </section>
  );
}

function Counts({ of, whose }: { of: Record<Count, number>; whose: string }) {
  const { t } = useTranslation('team');
  return COUNTS.map((one) => (
    <td key={one} data-label={t(`count.${one}`)} className={`team-count${one === 'breached' && of[one] > 0 ? ' team-late' : of[one] === 0 ? ' quiet' : ''}`}>
      {of[one] === 0 ? 0 : <Link to={`/team?${whose}&count=${one}`} aria-label={`${t(`count.${one}`)}: ${of[one]}`}>{of[one]}</Link>}
    </td>
  ));
}
