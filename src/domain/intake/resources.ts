import { z } from 'zod';

/**
 * The parts of FHIR R4 resources that intake reads, strict on those and blind to all else.
 * Texts that could not be stored or would deceive the eye (control characters, halves of a surrogate pair, bidi overrides) are refused.
 */
const text = (max: number) => z.string().max(max).regex(/^(?:[\t\n\r]|[^\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069])*$/u, 'remove control or direction characters');

/** FHIR `id`: its alphabet keeps separators out of the natural key. */
const id = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/, 'a FHIR id is 1 to 64 letters, digits, hyphens or dots');

/** Times are judged only where they matter (see `time.ts`): a record is full of vague ones that nothing here depends on. */
const time = z.string().max(40);

const coding = z.object({ system: text(500).optional(), code: text(100).optional(), display: text(1000).optional() });
const concept = z.object({ coding: z.array(coding).max(50).default([]), text: text(4000).optional() });
const identifier = z.object({ type: concept.optional(), system: text(500).optional(), value: text(200).optional() });
const reference = z.object({ reference: text(500).optional(), identifier: identifier.optional(), display: text(300).optional() });
const identifiers = z.array(identifier).max(100).default([]);
const humanName = z.object({
  use: z.string().max(20).optional(), text: text(300).optional(), family: text(200).optional(),
  given: z.array(text(100)).max(20).default([]), prefix: z.array(text(50)).max(10).default([]),
});
const names = z.array(humanName).max(20);
const money = z.object({ value: z.number().optional(), currency: z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as CNY').optional() });
const items = z.array(z.object({ encounter: z.array(reference).max(100).default([]) })).max(2000).default([]);

const patient = z.object({
  id, identifier: identifiers, name: names.min(1),
  telecom: z.array(z.object({ system: z.string().max(20).optional(), value: text(40).optional() })).max(20).default([]),
  gender: z.enum(['male', 'female', 'other', 'unknown']).default('unknown'),
  birthDate: z.iso.date('a whole date, YYYY-MM-DD').refine((day) => day >= '1900', 'a day since 1900'),
  deceasedBoolean: z.boolean().optional(), deceasedDateTime: time.optional(),
});
const procedure = z.object({
  id: id.optional(), status: z.string().max(30), code: concept.optional(), subject: reference, encounter: reference.optional(),
  performedDateTime: time.optional(), performedPeriod: z.object({ start: time.optional(), end: time.optional() }).optional(),
});
const condition = z.object({
  id: id.optional(), code: concept.optional(), verificationStatus: concept.optional(), subject: reference,
  onsetDateTime: time.optional(), recordedDate: time.optional(),
});
const encounter = z.object({
  id: id.optional(), class: z.object({ code: z.string().regex(/^[A-Za-z]{1,20}$/, 'an HL7 ActCode such as IMP').optional() }).optional(), type: z.array(concept).max(20).default([]),
  subject: reference.optional(), serviceProvider: reference.optional(), period: z.object({ start: time.optional() }).optional(),
  participant: z.array(z.object({ type: z.array(concept).max(20).default([]), individual: reference.optional() })).max(200).default([]),
});
const organization = z.object({ id: id.optional(), identifier: identifiers, name: text(300).optional() });
const practitioner = z.object({ id: id.optional(), identifier: identifiers, name: names.default([]) });
const practitionerRole = z.object({ id: id.optional(), practitioner: reference.optional(), specialty: z.array(concept).max(50).default([]) });
const claim = z.object({ id: id.optional(), item: items, total: money.optional() });
const explanationOfBenefit = z.object({
  id: id.optional(), item: items, total: z.array(z.object({ amount: money })).max(50).default([]),
  payment: z.object({ amount: money.optional() }).optional(),
});

/** Resource types read; every other type is passed over unparsed. */
export const RESOURCES = {
  Patient: patient, Procedure: procedure, Condition: condition, Encounter: encounter, Organization: organization, Practitioner: practitioner,
  PractitionerRole: practitionerRole, Claim: claim, ExplanationOfBenefit: explanationOfBenefit,
} as const;

export type ResourceType = keyof typeof RESOURCES;
export type Resource<T extends ResourceType> = z.infer<(typeof RESOURCES)[T]>;
export type Concept = z.infer<typeof concept>;
export type Reference = z.infer<typeof reference>;
export type HumanName = z.infer<typeof humanName>;
export type Money = z.infer<typeof money>;
