import { LinkOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../api/client';
import { useApi } from '../api/context';
import type { components } from '../api/schema';
import type { Role } from '../session/session';
import { useSession } from '../session/context';
import { Failure } from '../words/failure';
import { instantWords } from '../words/time';
import { useLanguage } from '../words/use-words';
import './link-button.css';

const LinkCode = lazy(() => import('./link-code'));

type Link = components['schemas']['PatientLink'];
/** Who is with the patient and can hand it over; the server holds the same. */
const MAKERS: readonly Role[] = ['specialist', 'liaison', 'manager'];

/** For the staff at the bedside: a link by which the patient follows this claim, as a code to scan and as text to send. */
export function PatientLinkButton({ claimNo }: { claimNo: string }) {
  const { t } = useTranslation('patient');
  const { role } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  if (role === null || !MAKERS.includes(role)) return null;
  return (
    <>
      <Button icon={<LinkOutlined aria-hidden />} onClick={() => { dialog.current?.showModal(); }}>{t('invite.button')}</Button>
      <dialog ref={dialog} className="patient-link card" aria-labelledby="patient-link-title">
        <h2 id="patient-link-title">{t('invite.title')}</h2>
        <p>{t('invite.what')}</p>
        <MakeLink claimNo={claimNo} />
        <form method="dialog"><button className="plain-button">{t('invite.close')}</button></form>
      </dialog>
    </>
  );
}

function MakeLink({ claimNo }: { claimNo: string }) {
  const { t } = useTranslation('patient');
  const language = useLanguage();
  const api = useApi();
  // One click, one link: a repeated request under the same key answers the same.
  const key = useRef(crypto.randomUUID());
  const [link, setLink] = useState<Link | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [copied, setCopied] = useState(false);
  async function make(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      setLink(bodyOf(await api.POST('/v1/claims/{claimNo}/patient-link', { params: { path: { claimNo }, header: { 'Idempotency-Key': key.current } }, body: {} })));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }
  if (!link) return <>{error !== null && <Failure error={error} />}<Button type="primary" loading={busy} onClick={() => { void make(); }}>{t('invite.make')}</Button></>;
  return (
    <div className="patient-link-made">
      <div role="img" aria-label={t('invite.code')}><Suspense><LinkCode url={link.url} /></Suspense></div>
      <p className="quiet">{t('invite.until', { at: instantWords(link.expiresAt, language) })}</p>
      <Button autoFocus onClick={() => { void navigator.clipboard.writeText(link.url).then(() => { setCopied(true); }); }}>{copied ? t('invite.copied') : t('invite.copy')}</Button>
    </div>
  );
}
