import { EyeOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import { useRules } from '../api/rules';
import { useSession } from '../session/context';
import { Failure } from '../words/failure';
import './style.css';

/** How long a whole account stays on the screen. */
const SHOWN_MS = 30_000;

/** An account by its last digits; for who pays or audits, the whole when asked for: each look is recorded, and ends by itself. */
export function Account({ claimNo, payeeId, masked }: { claimNo: string; payeeId: string; masked: string | null }) {
  const { t } = useTranslation('finance');
  const api = useApi();
  const { role } = useSession();
  const lookers = useRules()?.readers.account;
  const [whole, setWhole] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (whole === null) return undefined;
    const timer = window.setTimeout(() => { setWhole(null); }, SHOWN_MS);
    return () => { window.clearTimeout(timer); };
  }, [whole]);
  async function look(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      setWhole(bodyOf(await api.POST('/v1/claims/{claimNo}/payees/{payeeId}/look', { params: { path: { claimNo, payeeId } }, body: {} })).account);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }
  return (
    <span className="account">
      <span className="mono account-number" role="status">{whole === null ? masked ?? t('account.none') : groupsOfFour(whole)}</span>
      {role !== null && lookers?.includes(role) && (whole === null
        ? <Button size="small" icon={<EyeOutlined aria-hidden />} loading={busy} onClick={() => { void look(); }}>{t('account.show')}</Button>
        : <Button size="small" onClick={() => { setWhole(null); }}>{t('account.hide')}</Button>)}
      {whole !== null && <small className="quiet">{t('account.recorded')}</small>}
      {error !== null && <Failure error={error} />}
    </span>
  );
}

export const groupsOfFour = (digits: string): string => digits.replace(/(.{4})(?=.)/g, '$1 ');
