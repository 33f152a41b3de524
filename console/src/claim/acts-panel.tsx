import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useKeys } from '../app/keys';
import { useSession } from '../session/context';
import type { Role } from '../session/session';
import { Due } from '../words/due';
import { useWords } from '../words/use-words';
import { ActDialog, isCommandName } from './act-dialog';
import { useActKeys } from './act-keys';
import { groupsOf, primaryAct } from './act-groups';
import type { ClaimView, CommandName } from './acts/form';
import { useNames } from './names';

/** Who reads the documents in order to judge has a desk for that. */
const DESK_ROLES: readonly Role[] = ['reviewer', 'senior-reviewer', 'approver', 'medical-affairs', 'mediator'];

/** What the reader may do now, by what they want, the act that fulfils their task first; and why the rest is not possible. */
export function Acts({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  const words = useWords();
  const navigate = useNavigate();
  const { person, role } = useSession();
  const [params, setParams] = useSearchParams();
  const opened = params.get('act');
  const primary = primaryAct(claim, person?.personId ?? '', role ?? '');
  const groups = groupsOf(claim.allowed, primary);
  const hasDesk = role !== null && DESK_ROLES.includes(role) && claim.clinical !== null;
  const open = (command: CommandName): void => { setParams({ act: command }); };
  const close = (): void => { setParams({}, { replace: true }); };
  const openDesk = (): void => { void navigate(`/claims/${claim.claimNo}/desk`); };
  useActKeys(primary, [...(primary === null ? [] : [primary]), ...groups.flatMap(([, commands]) => commands)], open);
  useKeys(hasDesk ? [{ key: 'd', does: t('act.desk'), run: openDesk }] : []);
  const due = claim.tasks.find((task) => task.standIn || task.assignee === person?.personId) ?? claim.tasks[0];
  return (
    <section className="card claim-acts no-print" aria-labelledby="acts-title">
      {isCommandName(opened) && <ActDialog key={`${opened} ${params.get('about') ?? ''}`} claim={claim} command={opened} about={params.get('about')} onClose={close} />}
      <h2 id="acts-title">{t('act.title')}</h2>
      {hasDesk && <Button block type={primary === null ? 'default' : 'primary'} onClick={openDesk}>{t('act.desk')}</Button>}
      {primary !== null && <Button block type={hasDesk ? 'default' : 'primary'} size="large" data-act={primary} onClick={() => { open(primary); }}>{name('commands', primary)}</Button>}
      {groups.map(([group, commands]) => (
        <div key={group} className="act-group" role="group" aria-label={t(`act.group.${group}`)}>
          <h3>{t(`act.group.${group}`)}</h3>
          <div className="row">{commands.map((command) => <Button key={command} data-act={command} danger={command === 'void' || command === 'withdraw'} onClick={() => { open(command); }}>{name('commands', command)}</Button>)}</div>
        </div>
      ))}
      {primary === null && groups.length === 0 && <p className="quiet">{t('act.none')}</p>}
      {claim.notNow.length > 0 && (
        <details className="why-not"><summary>{t('act.whyNot')}</summary>
          <dl>{claim.notNow.map((one) => <div key={one.command}><dt>{name('commands', one.command)}</dt><dd className="quiet">{words(one.text)}</dd></div>)}</dl>
        </details>
      )}
      {primary !== null && opened === null && (
        <div className="phone-bar">
          {due && <Due dueAt={due.dueAt} paused={due.paused} provisional={due.provisional} />}
          <Button type="primary" size="large" data-act={primary} onClick={() => { open(primary); }}>{name('commands', primary)}</Button>
        </div>
      )}
    </section>
  );
}
