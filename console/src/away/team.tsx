import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNames } from '../claim/names';
import type { Role } from '../session/session';
import { Failure } from '../words/failure';
import { HandOver } from './hand-over';
import { Running } from './running';
import { useDelegations } from './use-delegations';
import './style.css';

interface Member { personId: string; name: string; roles: readonly Role[]; active: boolean }

/** The absences of one's house, and arranging one for somebody whom one leads. */
export function TeamAway({ people }: { people: readonly Member[] }) {
  const { t } = useTranslation('away');
  const name = useNames();
  const id = useId();
  const { data, error, refetch } = useDelegations();
  const [chosen, setChosen] = useState('');
  const choices = people.filter((one) => one.active).flatMap((one) => one.roles.map((role) => ({ ...one, role, key: `${one.personId} ${role}` })))
    .filter(({ personId, role }) => data?.leads.includes(role) === true && !data.items.some((one) => one.owner.personId === personId && one.role === role));
  const meant = choices.find(({ key }) => key === chosen);
  return (
    <section className="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t('team.title')}</h2>
      {error && <Failure error={error} onRetry={() => { void refetch(); }} />}
      {data?.items.length === 0 && <p className="quiet">{t('team.none')}</p>}
      {data !== undefined && data.items.length > 0 && <Running items={data.items} />}
      {data !== undefined && data.leads.length > 0 && (
        <details>
          <summary>{t('team.add')}</summary>
          <div className="away-form">
            <label htmlFor={`${id}-who`}>{t('team.who')}</label>
            <select id={`${id}-who`} value={meant ? chosen : ''} onChange={(event) => { setChosen(event.target.value); }}>
              <option value="">{t('choose')}</option>
              {choices.map(({ key, name: person, role }) => <option key={key} value={key}>{`${person} · ${name('roles', role)}`}</option>)}
            </select>
          </div>
          {meant && <HandOver key={meant.key} owner={meant.personId} role={meant.role} onDone={() => { setChosen(''); }} />}
        </details>
      )}
    </section>
  );
}
