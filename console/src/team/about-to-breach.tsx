import { useTranslation } from 'react-i18next';
import type { Team } from './page';
import { TaskLines } from './tasks';

/** What is due within a day and not late yet, each to be handed over by one tap. */
export function AboutToBreach({ soon }: { soon: Team['aboutToBreach'] }) {
  const { t } = useTranslation('team');
  return (
    <section className="card" aria-labelledby="team-soon">
      <h2 id="team-soon">{t('soon.title', { count: soon.total })}</h2>
      {soon.items.length === 0 && <p className="quiet">{t('soon.none')}</p>}
      <TaskLines tasks={soon.items} />
      {soon.total > soon.items.length && <p className="quiet">{t('soon.more', { shown: soon.items.length, count: soon.total })}</p>}
    </section>
  );
}
