import type { ReactNode } from 'react';
import type { components } from '../api/schema';

/** What a paper looks like, roughly, so that it is found in the drawer: one drawing for each family of papers, in the colour of the text. */
type Kind = components['schemas']['DocumentKind'];
type Family = 'form' | 'identity' | 'card' | 'record' | 'bill';

const FAMILIES: Partial<Record<Kind, Family>> = {
  'claim-form': 'form', 'insured-identity': 'identity', 'claimant-identity': 'identity', 'payee-account': 'card', invoice: 'bill', 'death-certificate': 'record', 'disability-appraisal': 'record', other: 'form',
};

const DRAWINGS: Record<Family, ReactNode> = {
  form: <><rect x="20" y="6" width="56" height="76" rx="3" /><path d="M28 18h28M28 30h12M46 30h22M28 40h12M46 40h22M28 50h12M46 50h22" /><path d="M46 70c4-6 6 4 9-1s4 2 11-1" /><path d="M28 72h12" /></>,
  identity: <><rect x="6" y="18" width="84" height="54" rx="5" /><circle cx="68" cy="38" r="8" /><path d="M55 60c1-9 6-12 13-12s12 3 13 12zM14 30h26M14 40h20M14 50h28M14 62h32" /></>,
  card: <><rect x="6" y="18" width="84" height="54" rx="6" /><path d="M6 30h84" strokeWidth="7" /><path d="M14 50h14M32 50h14M50 50h14M68 50h14M14 62h20" /><rect x="68" y="58" width="14" height="8" rx="2" /></>,
  record: <><rect x="20" y="6" width="56" height="76" rx="3" /><path d="M48 13v12M42 19h12M28 34h40M28 44h40M28 54h30" /><circle cx="64" cy="68" r="8" /><path d="M28 70h18" /></>,
  bill: <><path d="M20 6h56v76l-7-5-7 5-7-5-7 5-7-5-7 5-7-5-7 5z" /><path d="M41 14l7 9 7-9M48 23v12M41 26h14M41 31h14M28 46h24M62 46h6M28 56h24M62 56h6M28 66h24M62 66h6" /></>,
};

/** An example picture of a document kind; it says what it shows. */
export function PaperPicture({ kind, label }: { kind: Kind; label: string }) {
  return (
    <svg className="patient-picture" viewBox="0 0 96 88" role="img" aria-label={label} fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round">
      {DRAWINGS[FAMILIES[kind] ?? 'record']}
    </svg>
  );
}
