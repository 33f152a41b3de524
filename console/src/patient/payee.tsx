import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../app/loading';
import type { Claim } from './claim';

const SetPayee = lazy(() => import('../claim/acts/set-payee'));

/** Where a patient with an account names the account to pay into; by a link that cannot be done. */
export function PayeeAccount({ claim }: { claim: Claim }) {
  const { t } = useTranslation('patient');
  const [open, setOpen] = useState(false);
  return (
    <section className="patient-part no-print">
      <details className="patient-more" open={open} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
        <summary>{t('payee')}</summary>
        {open && <Suspense fallback={<Loading />}><SetPayee claim={claim} onDone={() => { setOpen(false); }} /></Suspense>}
      </details>
    </section>
  );
}
