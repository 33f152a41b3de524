import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../app/loading';
import type { ClaimView } from './acts/form';
import { Sheet } from './sheet';

const Letter = lazy(async () => ({ default: (await import('../patient/letter')).Letter }));

/** Opens the letter as the patient reads it; nothing before there is a decision. */
export function LetterButton({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('claim');
  const [open, setOpen] = useState(false);
  if (!claim.letter) return null;
  return (
    <>
      <Button className="no-print" onClick={() => { setOpen(true); }}>{t('letter.open')}</Button>
      {open && <Sheet title={t('letter.title', { claimNo: claim.claimNo })} printable={false} onClose={() => { setOpen(false); }}><Suspense fallback={<Loading />}><Letter claim={claim} letter={claim.letter} /></Suspense></Sheet>}
    </>
  );
}
