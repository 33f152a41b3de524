import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf, send } from '../api/client';
import { useSession } from '../session/context';
import type { Role } from '../session/session';
import { Failure } from '../words/failure';
import { save } from './open-document';

/** Whose page has the button; the server answers nobody else. */
const EVIDENCE_READERS: readonly Role[] = ['manager', 'senior-reviewer', 'mediator', 'auditor'];

/** The signed evidence pack of the claim, kept on the device with one tap, with all readings up to now; and where it is verified. */
export function EvidencePack({ claimNo }: { claimNo: string }) {
  const { t } = useTranslation('claim');
  const session = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  if (session.role === null || !EVIDENCE_READERS.includes(session.role)) return null;
  async function take(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      const answer = await send(session, new Request(`${location.origin}/v1/claims/${claimNo}/evidence-pack?readsUntil=now`));
      if (!answer.ok) throw await failureOf(answer);
      const url = URL.createObjectURL(await answer.blob());
      save(url, /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? `${claimNo}.zip`);
      window.setTimeout(() => { URL.revokeObjectURL(url); }, KEPT_MS);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }
  return (
    <section className="card no-print" aria-labelledby="evidence-title">
      <h2 id="evidence-title">{t('evidence.title')}</h2>
      <p className="quiet">{t('evidence.hint')}</p>
      <div className="row"><Button loading={busy} onClick={() => { void take(); }}>{t('evidence.take')}</Button><a href="/verify.html" target="_blank" rel="noreferrer">{t('evidence.verify')}</a></div>
      {error !== null && <Failure error={error} />}
    </section>
  );
}

/** A browser still reads the address after the click. */
const KEPT_MS = 600_000;
