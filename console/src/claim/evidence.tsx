import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRules } from '../api/rules';
import { useSession } from '../session/context';
import { Failure } from '../words/failure';
import { save, useFile } from './use-file';

/** The signed evidence pack of the claim, kept on the device with one tap, with all readings up to now; and where it is verified. */
export function EvidencePack({ claimNo }: { claimNo: string }) {
  const { t } = useTranslation('claim');
  const { role } = useSession();
  const readers = useRules()?.readers.evidencePack;
  const { busy, error, fetchFile } = useFile();
  if (role === null || !readers?.includes(role)) return null;
  const take = (): void => { void fetchFile(`/v1/claims/${claimNo}/evidence-pack?readsUntil=now`, ({ url, name }) => { save(url, name ?? `${claimNo}.zip`); }); };
  return (
    <section className="card no-print" aria-labelledby="evidence-title">
      <h2 id="evidence-title">{t('evidence.title')}</h2>
      <p className="quiet">{t('evidence.hint')}</p>
      <div className="row"><Button loading={busy} onClick={take}>{t('evidence.take')}</Button><a href="/verify.html" target="_blank" rel="noreferrer">{t('evidence.verify')}</a></div>
      {error !== null && <Failure error={error} />}
    </section>
  );
}
