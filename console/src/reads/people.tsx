import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { Loading } from '../app/loading';
import { useNames } from '../claim/names';
import { Failure } from '../words/failure';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';

/** Who read most in the period: a person stands once for each role. */
export function People({ days, onChoose }: { days: number; onChoose: (personId: string) => void }) {
  const { t } = useTranslation('reads');
  const api = useApi();
  const name = useNames();
  const language = useLanguage();
  const { data, error, refetch } = useQuery({ queryKey: ['lists', 'readers', days], staleTime: 60_000, queryFn: async () => bodyOf(await api.GET('/v1/reads/people', { params: { query: { days } } })) });
  return (
    <section className="card" aria-labelledby="reads-people">
      <h2 id="reads-people">{t('people.title')}</h2>
      <p className="quiet">{t('people.hint')}</p>
      {error && <Failure error={error} onRetry={() => { void refetch(); }} />}
      {!data && !error && <Loading />}
      {data && (data.items.length === 0 ? <p className="empty">{t('nobody')}</p> : (
        <table className="ops-table reads-people">
          <caption className="ops-hidden">{t('people.title')}</caption>
          <thead><tr>{(['who', 'reads', 'claims', 'outside', 'glass', 'last'] as const).map((one) => <th key={one} scope="col">{t(`people.column.${one}`)}</th>)}</tr></thead>
          <tbody>{data.items.map(({ by, reads, claims, outsideHours, brokenGlass, lastAt }) => {
            const who = by.name ?? by.personId;
            return (
              <tr key={`${by.personId} ${by.role}`}>
                <th scope="row"><Button type="link" className="reads-person" aria-label={t('people.only', { name: who })} onClick={() => { onChoose(by.personId); }}>{who}</Button> <span className="quiet">{name('roles', by.role)}</span></th>
                <td data-label={t('people.column.reads')}>{reads}</td>
                <td data-label={t('people.column.claims')}>{claims}</td>
                <td data-label={t('people.column.outside')}>{outsideHours}</td>
                <td data-label={t('people.column.glass')} className={brokenGlass > 0 ? 'ops-bad' : undefined}>{brokenGlass}</td>
                <td data-label={t('people.column.last')}>{instantWords(lastAt, language)}</td>
              </tr>
            );
          })}</tbody>
        </table>
      ))}
    </section>
  );
}
