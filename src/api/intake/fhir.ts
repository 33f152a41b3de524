/** Intake from hospital records: a FHIR R4 bundle of one patient opens a claim for each surgery that did not go well. */
import * as z from 'zod';
import { readBundle } from '../../domain/intake/fhir';
import type { Intake, Surgery } from '../../domain/intake/intake';
import { IntakeRefused } from '../../domain/intake/refused';
import { reportClaim, type Report } from '../claim/report';
import type { Deps } from '../deps';
import { digest } from '../digest';
import { route, type AnyRoute } from '../http/route';
import { fail, wrongInput } from '../problems';

const LIMITS = { limitBytes: 10 * 1024 * 1024, depth: 40, mediaTypes: ['application/fhir+json', 'application/json'] };

const bundle = z.looseObject({ resourceType: z.literal('Bundle'), entry: z.array(z.unknown()) });
/** A surgery as the sender knows it, without the patient. */
const surgery = { code: z.string(), at: z.iso.datetime(), department: z.string() };
const text = z.object({ zh: z.string(), en: z.string() });
const opened = z.object({ claimNo: z.string(), surgery: z.object(surgery), outcomeType: z.string(), because: z.array(z.object({ rule: z.string(), at: z.iso.datetime() })) });
const intakeAnswer = z.object({
  opened: z.array(opened), alreadyOpen: z.array(opened), unremarkable: z.array(z.object({ surgery: z.object(surgery), because: z.string(), text })),
}).meta({ id: 'IntakeAnswer', description: 'Which claims were opened, which were open already, which surgeries were unremarkable and why' });

export function intakeRoutes(deps: Deps): AnyRoute[] {
  return [route({
    method: 'post', path: '/v1/intake/fhir', id: 'intakeFhir', tag: 'intake', keyed: true, by: ['his-feed', 'specialist', 'manager'],
    summary: 'Open claims from a FHIR R4 bundle of one patient', description: 'The same bundle again opens nothing again: a claim is known by patient, surgery and event.',
    body: { schema: bundle, example: { resourceType: 'Bundle', type: 'collection', entry: [] }, ...LIMITS },
    answers: { 200: { description: 'What became of each surgery', schema: intakeAnswer } }, problems: [403, 409, 422],
    handle: async ({ actor, actId, at, body }) => {
      const { patient, surgeries } = read(body);
      const reports = surgeries.map((one) => ({ one, given: reportOf(patient, one) }));
      // Nothing half-done: what no claim can take is refused before the first is opened.
      const errors = reports.flatMap(({ given }, n) => (given !== null && (given.occurredAt > at || given.surgeryAt > at) ? [{ field: `surgeries[${n}]`, rule: { zh: '在将来：请检查发送方的时钟', en: 'lies in the future: check the clock of the sender' } }] : []));
      if (errors.length > 0) fail(wrongInput(errors));

      const answer: z.infer<typeof intakeAnswer> = { opened: [], alreadyOpen: [], unremarkable: [] };
      for (const { one, given } of reports) {
        const known = { code: one.code, at: one.at, department: one.department };
        if (one.verdict.kind === 'unremarkable' || given === null) {
          if (one.verdict.kind === 'unremarkable') answer.unremarkable.push({ surgery: known, because: one.verdict.because, text: one.verdict.text });
          continue;
        }
        const reported = await reportClaim(deps, given, { actor, actId: digest({ actId, surgery: one.key, event: one.verdict.event }).slice(0, 40), at, event: one.verdict.event });
        answer[reported.opened ? 'opened' : 'alreadyOpen'].push({
          claimNo: reported.claimNo, surgery: known, outcomeType: one.verdict.outcomeType, because: one.verdict.because.map(({ rule, at: found }) => ({ rule, at: found })),
        });
      }
      return { status: 200, body: answer };
    },
  })];
}

function read(json: unknown): Intake {
  try {
    return readBundle(json);
  } catch (error) {
    if (error instanceof IntakeRefused) return fail(wrongInput(error.problems.map(({ path, rule, message }) => ({ field: path, rule: { zh: `${rule}: ${message}`, en: `${rule}: ${message}` } }))));
    throw error;
  }
}

/** The report that a surgery's verdict asks for, or null. */
function reportOf({ key, name, identityNumber, phone, birthDate, sex, deceasedAt }: Intake['patient'], { verdict, department, at, code }: Surgery): Report | null {
  if (verdict.kind === 'unremarkable') return null;
  return {
    department, surgeryAt: at, occurredAt: verdict.because[0]?.at ?? at, outcomeType: verdict.outcomeType, surgeryCode: code,
    patient: {
      recordNo: key, name, birthDate, sex,
      ...(identityNumber === undefined ? {} : { identityNumber }), ...(phone === undefined ? {} : { phone }), ...(deceasedAt === undefined ? {} : { deceasedAt }),
    },
  };
}
