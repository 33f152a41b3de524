import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import '../ops/style.css';
import { Lines } from './lines';
import { People } from './people';
import './style.css';

const PERIODS = [7, 30, 90, 366];

/** For auditors: who read how much, and each reading, over all claims. What is looked for stands in the address. */
export function ReadsPage() {
  const { t } = useTranslation('reads');
  const [query, setQuery] = useSearchParams();
  const days = PERIODS.find((one) => String(one) === query.get('days')) ?? 30;
  const change = (changes: Record<string, string | null>): void => {
    setQuery((before) => {
      const after = new URLSearchParams(before);
      for (const [name, value] of Object.entries(changes)) {
        if (value === null) after.delete(name);
        else after.set(name, value);
      }
      return after;
    }, { replace: true });
  };
  return (
    <div className="ops">
      <div className="row">
        <h1 className="grow">{t('title')}</h1>
        <label>{t('days')} <select className="reads-field" value={days} onChange={(event) => { change({ days: event.target.value }); }}>{PERIODS.map((count) => <option key={count} value={count}>{t('lastDays', { count })}</option>)}</select></label>
      </div>
      <People days={days} onChoose={(person) => { change({ person }); }} />
      <Lines days={days} person={query.get('person')} claimNo={query.get('claim')} only={query.get('only')} onChange={change} />
    </div>
  );
}
