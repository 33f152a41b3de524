import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ClaimView } from './acts/form';
import { useNames } from './names';

/** Claims that have to do with this one; one outside the reader's scope is named without its number. */
export function Related({ claim }: { claim: ClaimView }) {
  const { t } = useTranslation('claim');
  const name = useNames();
  if (!claim.related || claim.related.length === 0) return null;
  return (
    <section className="card" aria-labelledby="related-title">
      <h2 id="related-title">{t('related.title')}</h2>
      <ul className="plain-list">
        {claim.related.map((one, n) => (
          <li key={one.claimNo ?? n}>{one.claimNo === null ? t('related.elsewhere') : <Link className="mono" to={`/claims/${one.claimNo}`}>{one.claimNo}</Link>} <span className="quiet">{[t(`related.${one.why}`), one.stage && name('stages', one.stage)].filter(Boolean).join(' · ')}</span></li>
        ))}
      </ul>
    </section>
  );
}
