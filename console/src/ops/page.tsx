import { useTranslation } from 'react-i18next';
import { BrokenGlass } from '../glass/broken';
import { Payloads } from '../glass/payloads';
import { useSession } from '../session/context';
import { Queues } from './queues';
import { Stuck } from './stuck';
import './style.css';

/** Operations: workers, queues and rounds, and why each claim that does not move does not. No person's name, nothing of the clinical file. */
export function OpsPage() {
  const { t } = useTranslation('ops');
  const { role } = useSession();
  return (
    <div className="ops">
      <h1>{t('title')}</h1>
      <Queues mayReconcile={role === 'ops'} />
      <Stuck />
      {role === 'ops' && <Payloads />}
      <BrokenGlass />
    </div>
  );
}
