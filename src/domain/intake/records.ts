import { ABNORMAL_PROCEDURES, COMPLICATIONS, INTENSIVE_CARE, NOT_A_COMPLICATION, SNOMED } from './codes';
import type { Found, OpenBundle } from './bundle';
import type { Because, Cost } from './intake';
import { refuse } from './refused';
import type { Concept, HumanName, Money, Reference } from './resources';
import { requireInstant, toInstant } from './time';

/** Refuses the bundle when a resource is about somebody else than its patient. */
export type SubjectCheck = (path: string, subject: Reference | undefined) => void;

/** Procedures that never took place. */
const NOT_DONE: ReadonlySet<string> = new Set(['not-done', 'preparation', 'entered-in-error']);
/** Conditions that the record itself takes back. */
const NOT_HELD: ReadonlySet<string> = new Set(['refuted', 'entered-in-error']);
/** HL7 v2-0203 identifier types that identify a person nationally; the first found is taken. */
const IDENTITY_TYPES = ['NNCHN', 'NI', 'SS'];

export function codesOf(concept: Concept | undefined): string[] {
  return (concept?.coding ?? []).flatMap(({ system, code }) => (system === SNOMED && code !== undefined ? [code] : []));
}

/** What to call a concept: the coding's display, else its text. */
export function displayOf(concept: Concept | undefined): string | null {
  return concept?.coding.find(({ display }) => display)?.display ?? concept?.text ?? null;
}

/** Procedures that took place and whose code the table knows, with what the table says of it. */
export function proceduresIn<T>(bundle: OpenBundle, table: ReadonlyMap<string, T>): Array<{ found: Found<'Procedure'>; code: string; row: T; at: string }> {
  return bundle.all('Procedure').flatMap((found) => {
    const { resource, path } = found;
    const code = codesOf(resource.code).find((candidate) => table.has(candidate));
    const row = code === undefined ? undefined : table.get(code);
    if (code === undefined || row === undefined || NOT_DONE.has(resource.status)) return [];
    const start = resource.performedPeriod?.start;
    const at = start === undefined
      ? requireInstant(`${path}.performedDateTime`, resource.performedDateTime)
      : requireInstant(`${path}.performedPeriod.start`, start);
    return [{ found, code, row, at }];
  });
}

/** Everything in the record that may show an abnormal course, not yet tied to a surgery; a death is not among it. */
export function findingsIn(bundle: OpenBundle, ofPatient: SubjectCheck): Because[] {
  const procedures = proceduresIn(bundle, ABNORMAL_PROCEDURES).map(({ found, code, row, at }): Because => {
    ofPatient(`${found.path}.subject`, found.resource.subject);
    return { rule: row, code, at };
  });
  const complications = bundle.all('Condition').flatMap(({ path, resource }): Because[] => {
    const rule = complicationOf(resource.code);
    if (rule === undefined || resource.verificationStatus?.coding.some(({ code }) => NOT_HELD.has(code ?? ''))) return [];
    ofPatient(`${path}.subject`, resource.subject);
    const code = codesOf(resource.code)[0];
    // Recorded late but begun before the surgery is an indication too, so the earlier time stands.
    const times = [toInstant(resource.onsetDateTime), toInstant(resource.recordedDate)].filter((at) => at !== null).sort();
    return [{ rule, ...(code === undefined ? {} : { code }), at: times[0] ?? requireInstant(`${path}.recordedDate`, resource.recordedDate) }];
  });
  return [...procedures, ...complications];
}

/** Times at which conditions that are no complications were recorded; vague ones are left out. */
export function otherConditionTimes(bundle: OpenBundle): string[] {
  return bundle.all('Condition').flatMap(({ resource }) => {
    const at = toInstant(resource.recordedDate ?? resource.onsetDateTime);
    return at === null || complicationOf(resource.code) !== undefined ? [] : [at];
  });
}

export function intensiveCareIn(bundle: OpenBundle, ofPatient: SubjectCheck): Because[] {
  return bundle.all('Encounter').flatMap(({ path, resource }): Because[] => {
    const code = resource.type.flatMap(codesOf).find((candidate) => INTENSIVE_CARE.has(candidate));
    if (code === undefined) return [];
    if (resource.subject !== undefined) ofPatient(`${path}.subject`, resource.subject);
    return [{ rule: 'intensive-care', code, at: requireInstant(`${path}.period.start`, resource.period?.start) }];
  });
}

/** Costs of one encounter, as found, from its Claims and ExplanationOfBenefits. */
export function costsByEncounter(bundle: OpenBundle): ReadonlyMap<string, Cost[]> {
  const costs = new Map<string, Cost[]>();
  const add = (path: string, items: ReadonlyArray<{ encounter: Reference[] }>, source: Cost['source'], amounts: ReadonlyArray<Money | undefined>) => {
    const encounters = new Set(items.flatMap(({ encounter }) => encounter).map((reference) => bundle.follow('Encounter', reference)?.key));
    for (const key of encounters) {
      if (key === undefined) continue;
      const found = costs.get(key) ?? [];
      costs.set(key, found);
      for (const amount of amounts) {
        if (amount?.value !== undefined && amount.currency !== undefined) found.push({ source, value: amount.value, currency: amount.currency });
      }
      // A bound on the answer: a stay with more bills than this is no stay.
      if (found.length > 500) refuse(path, 'too-many-costs', 'at most 500 amounts for one encounter');
    }
  };
  for (const { path, resource } of bundle.all('Claim')) add(path, resource.item, 'claim-total', [resource.total]);
  for (const { path, resource } of bundle.all('ExplanationOfBenefit')) {
    add(path, resource.item, 'benefit-total', resource.total.map(({ amount }) => amount));
    add(path, resource.item, 'benefit-payment', [resource.payment?.amount]);
  }
  // By kind and amount, so that the order of entries does not show.
  for (const found of costs.values()) found.sort((a, b) => a.source.localeCompare(b.source, 'en') || a.value - b.value);
  return costs;
}

/** A name as people write it: family name first and unspaced in Chinese characters, last otherwise. Null when the record gives none. */
export function personName(names: readonly HumanName[]): string | null {
  const name = names.find(({ use }) => use === 'official') ?? names[0];
  if (name === undefined) return null;
  if (name.text) return name.text;
  const written = /\p{Script=Han}/u.test(name.family ?? '') ? [[name.family, ...name.given].join('')] : [...name.given, name.family];
  return written.filter(Boolean).join(' ') || null;
}

export function identityNumberOf(identifiers: ReadonlyArray<{ type?: Concept | undefined; value?: string | undefined }>): string | undefined {
  return IDENTITY_TYPES
    .map((type) => identifiers.find((identifier) => identifier.type?.coding.some(({ code }) => code === type))?.value)
    .find((value) => value !== undefined);
}

function complicationOf(concept: Concept | undefined) {
  const labels = [concept?.text, ...(concept?.coding ?? []).map(({ display }) => display)].filter((label) => label !== undefined);
  if (labels.some((label) => NOT_A_COMPLICATION.test(label))) return undefined;
  const codes = codesOf(concept);
  return COMPLICATIONS.find((row) => row.codes.some((code) => codes.includes(code)) || labels.some((label) => row.words.test(label)))?.rule;
}
