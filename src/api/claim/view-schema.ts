/** The shape of `GET /v1/claims/{claimNo}`: what each part of a claim holds. The console's types are generated from it. */
import * as z from 'zod';
import {
  ASK_CODES, BENEFITS, CLOCKS, CLOSED_AS, CONDITIONS, DECISIONS, DOCUMENT_KINDS, FLAGS, OUTCOME_TYPES, PERSONS_ACTS, REASON_CODES, REFUSALS, ROLES, SEATS, STAGES, SYSTEMS, TASK_KINDS, TIERS,
} from '../../domain/claim';
import { GAP_REASONS } from '../../domain/claim/commands/file';
import { FACTS } from '../../domain/claim/commands/supplement';
import { ERASABLE, HOLD_REASONS, RETENTION_RULES } from '../../domain/retention';

const time = z.iso.datetime();
const fen = z.int().meta({ description: 'Fen (1/100 CNY)' });
/** The names of a table of the domain, as an enumeration. */
const namesIn = <T extends object>(table: T) => z.enum(Object.keys(table) as Array<keyof T & string>);

export const words = z.strictObject({ zh: z.string(), en: z.string() }).meta({ id: 'Text', description: 'A sentence for people, in both languages' });
const stage = namesIn(STAGES).meta({ id: 'Stage' });
const tier = namesIn(TIERS).meta({ id: 'Tier' });
const role = z.enum(ROLES).meta({ id: 'Role' });
const documentKind = z.enum(DOCUMENT_KINDS).meta({ id: 'DocumentKind' });
const outcomeType = z.enum(OUTCOME_TYPES).meta({ id: 'OutcomeType' });
const benefit = z.enum(BENEFITS).meta({ id: 'Benefit' });
const decision = z.enum(DECISIONS).meta({ id: 'Decision' });
const reasonCode = z.enum(REASON_CODES).meta({ id: 'ReasonCode' });
const commandName = z.enum(PERSONS_ACTS).meta({ id: 'CommandName' });
const flag = namesIn(FLAGS).meta({ id: 'Flag' });

const ledgerDay = z.strictObject({ day: z.iso.date(), kind: z.enum(['working', 'weekend', 'holiday', 'make-up']), counted: z.boolean(), n: z.int().nullable(), pausedBy: z.string().optional(), provisional: z.literal(true).optional() }).meta({ id: 'LedgerDay' });
const task = z.strictObject({
  taskId: z.string(), kind: z.enum(TASK_KINDS), roles: z.array(role), assignee: z.string().nullable(), openedAt: time, about: z.string().nullable(), clock: z.string().meta({ description: 'The clock it is owed on, among `clocks`' }),
  standIn: z.boolean().meta({ description: 'You stand in for its holder, who is away' }),
  dueAt: time.nullable(), paused: z.boolean(), provisional: z.boolean(), handOver: z.boolean().meta({ description: 'You may hand it over: it is of your side, or of a seat that nobody has filled' }),
}).meta({ id: 'ClaimTask' });
const clock = z.strictObject({
  clock: z.string(), name: namesIn(CLOCKS), seat: z.enum(SEATS).nullable().meta({ description: 'Of the panel, whose clock it is: each seat has its own' }), startedAt: time, stoppedAt: time.nullable(), paused: z.boolean(),
  pauses: z.array(z.strictObject({ from: time, until: time.nullable(), by: z.string() })),
  dueAt: time.nullable(), provisional: z.boolean(), workingDays: z.int(), calendarVersion: z.string(), ledger: z.array(ledgerDay),
}).meta({ id: 'ClaimClock' });

export const line = z.strictObject({ benefit, askedFen: fen, approvedFen: fen }).meta({ id: 'Line' });
const asked = z.strictObject({ benefit, askedFen: fen }).meta({ id: 'AskedLine' });
const facts = z.strictObject({ claimantIsInsured: z.boolean(), costsClaimed: z.boolean(), anaesthesia: z.boolean(), complication: z.boolean(), benefits: z.array(asked) }).meta({ id: 'Facts' });
const checklistLine = z.strictObject({ kind: documentKind, need: z.enum(['must', 'must-or-flag', 'not-asked']), status: z.enum(['present', 'gap', 'waived', 'missing', 'not-asked']), documentIds: z.array(z.string()) })
  .meta({ id: 'ChecklistLine' });
const claimDocument = z.strictObject({
  documentId: z.string(), kind: documentKind, sha256: z.string(), bytes: z.int(), mediaType: z.string(), by: z.string(), at: time, supersededBy: z.string().nullable(), late: z.boolean(),
  fileName: z.string().nullable(), inspection: z.array(z.string()).meta({ description: 'What inspection found in the file that a reader should know' }),
}).meta({ id: 'ClaimDocument' });
const upload = z.strictObject({ documentId: z.string(), kind: documentKind.nullable(), fileName: z.string(), bytes: z.int(), mediaType: z.string(), sha256: z.string(), uploadedAt: time })
  .meta({ id: 'ClaimUpload', description: 'Uploaded, not yet part of the file' });
const answer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('upload'), documentIds: z.array(z.string()) }), z.strictObject({ kind: z.literal('cannot-provide') }), z.strictObject({ kind: z.literal('already-given'), documentId: z.string() }),
]).meta({ id: 'SupplementAnswer' });
const supplementItem = z.strictObject({
  itemId: z.string(), document: documentKind.nullable(), fact: z.enum(FACTS).nullable(), from: z.enum(['hospital', 'patient']), couldNotHaveBeenKnown: z.boolean(),
  answer: answer.nullable(), answeredAt: time.nullable(), verdict: z.enum(['accepted', 'rejected', 'waived']).nullable(), why: words.nullable().meta({ description: 'A proposed reason in both languages; own words stand the same in both' }),
}).meta({ id: 'SupplementItem' });
const supplement = z.strictObject({
  requestNo: z.int(), askedIn: z.enum(['acceptance', 'review']), askedBy: z.string(), askedAt: time, pauses: z.boolean(), deliveredAt: time.nullable(), endedAt: time.nullable(), items: z.array(supplementItem),
}).meta({ id: 'Supplement' });
const dispute = z.strictObject({ by: z.string(), at: time, votes: z.array(z.strictObject({ seat: z.enum(SEATS), vote: z.enum(['uphold', 'overturn']), by: z.string() })) }).meta({ id: 'Dispute' });

const clinical = z.strictObject({
  outcomeType, occurredAt: time, surgeryAt: time, facts: facts.nullable(), fileVersion: z.int(), gaps: z.array(z.strictObject({ kind: documentKind, reason: z.enum(GAP_REASONS) })), waived: z.array(documentKind),
  supplements: z.array(supplement), dispute: dispute.nullable(), checklist: z.array(checklistLine), documents: z.array(claimDocument), uploads: z.array(upload),
}).meta({ id: 'Clinical', description: 'Outcome, facts, checklist, documents, supplements' });

const judged = { decision, lines: z.array(line), reasons: z.array(reasonCode), exGratia: z.boolean(), fileVersion: z.int(), by: z.string() };
const oneAskItem = z.strictObject({
  document: documentKind, from: z.enum(['hospital', 'patient']), couldNotHaveBeenKnown: z.boolean(), why: z.strictObject({ code: z.enum(ASK_CODES), zh: z.string(), en: z.string() }), dueBy: time.nullable(),
  alreadyAsked: z.boolean(), conditional: namesIn(CONDITIONS).nullable(),
}).meta({ id: 'AskProposal', description: 'What one request can still ask for; conditional names what would make it needed' });
const proposal = z.strictObject({
  proposalId: z.string(), command: commandName, input: z.unknown(), roles: z.array(role), stages: z.array(stage), by: z.string(), at: time,
  note: z.string().nullable().meta({ description: 'Why, in their own words' }),
}).meta({ id: 'Proposal', description: 'Done by a first person; takes effect when a second one confirms it' });
const assessment = z.strictObject({
  flags: z.array(z.strictObject({ flag, about: z.string().nullable(), at: time })),
  investigations: z.array(z.strictObject({ openedBy: z.string(), closedBy: z.string().nullable(), finding: z.enum(['fraud', 'no-fraud', 'inconclusive']).nullable() })),
  recommendation: z.strictObject({ ...judged, proposedBy: z.string().nullable() }).nullable(),
  eligibility: z.strictObject({ insured: z.boolean(), departmentCovered: z.boolean(), limitLeftFen: fen.nullable(), doubts: z.array(z.string()), at: time }).nullable(),
  sample: z.strictObject({ sampled: z.boolean(), why: z.string() }).nullable(),
  proposals: z.array(proposal),
  acceptance: z.strictObject({ by: z.string(), at: time, matrixVersion: z.string(), fileVersion: z.int() }).nullable(),
  seenBy: z.array(z.string()), survivor: z.string().nullable(),
  oneAsk: z.array(oneAskItem).nullable().meta({ description: 'For whoever may ask for supplements now: all that one request should ask for (SPEC §1.7)' }),
}).meta({ id: 'Assessment', description: "The insurer's assessment" });

const payee = z.strictObject({ payeeId: z.string(), share: z.int(), holder: z.string().nullable(), bank: z.string().nullable(), account: z.string().nullable().meta({ description: 'Its last four digits; a look at the whole is recorded' }) }).meta({ id: 'ClaimPayee' });
const payment = z.strictObject({
  key: z.string(), sequence: z.int(), benefit, payeeId: z.string(), amountFen: fen, status: z.enum(['made', 'checked', 'confirmed', 'failed', 'returned']), madeBy: z.string(), checkedBy: z.string().nullable(), bankReference: z.string().nullable(),
}).meta({ id: 'ClaimPayment' });
const amounts = z.strictObject({
  askedFen: fen.nullable(), paidFen: fen, outstandingFen: fen, payments: z.array(payment),
  decision: z.strictObject({ decision, lines: z.array(line), at: time, by: z.string(), reasons: z.array(reasonCode).optional(), exGratia: z.boolean().optional(), fileVersion: z.int().optional(), round: z.int().optional() }).nullable()
    .meta({ description: 'For finance without its reasons' }),
  proposals: z.array(proposal).meta({ description: 'About payments: for finance, who does not see the assessment' }),
  payees: z.strictObject({ list: z.array(payee), setBy: z.string(), confirmedBy: z.string().nullable(), faulty: z.boolean() }).nullable(),
}).meta({ id: 'Amounts', description: 'Asked, decided, payees, payments' });

export const letter = z.strictObject({
  tone: z.enum(['plain', 'quiet']), decision, decidedOn: z.iso.date(), title: words, greeting: words, paragraphs: z.array(words),
  lines: z.array(z.strictObject({ benefit, title: words, askedFen: fen, approvedFen: fen })), askedFen: fen, approvedFen: fen,
  reasons: z.array(z.strictObject({ code: reasonCode, clause: z.string(), text: words })),
  objection: z.strictObject({ lastDay: z.iso.date().nullable(), text: words }), contact: words,
}).meta({ id: 'Letter', description: 'The decision in plain words (SPEC §1.8)' });

const related = z.strictObject({ claimNo: z.string().nullable().meta({ description: 'Null for a claim outside your scope' }), why: z.enum(['same-surgery', 'same-patient', 'same-file', 'survivor', 'duplicate']), stage: stage.nullable() }).meta({ id: 'RelatedClaim' });

const erasable = z.enum(ERASABLE), retentionRule = z.enum(RETENTION_RULES);
const retention = z.strictObject({
  plain: words.meta({ description: 'What is kept how long, for everybody' }),
  kept: z.array(z.strictObject({ what: erasable, title: words, rule: retentionRule, because: words, until: z.iso.date().nullable().meta({ description: 'The last day; null while the claim is open' }) })),
  erased: z.array(z.strictObject({ what: erasable, title: words, rule: retentionRule, ruleTitle: words, because: words, dueOn: z.iso.date(), at: time })),
  held: z.boolean().meta({ description: 'Nothing is erased now, due or not' }),
  holds: z.array(z.strictObject({ holdId: z.string(), reason: z.enum(HOLD_REASONS), side: z.enum(['hospital', 'insurer']), by: z.string(), at: time, mayLift: z.boolean() })).nullable().meta({ description: 'Legal holds; null for who does not see the assessment' }),
  consentWithdrawnAt: time.nullable(),
}).meta({ id: 'Retention' });

export const claimView = z.strictObject({
  claimNo: z.string(), version: z.int(), stage, stageSince: time, closedAs: z.enum(CLOSED_AS).nullable(), closedAt: time.nullable(), round: z.int(),
  tier: tier.nullable(), hospital: z.string(), department: z.string(), insurer: z.string(), reportedAt: time, breached: z.boolean(),
  stuck: z.strictObject({ cause: z.string(), since: time }).nullable(),
  waitingFor: z.array(z.enum([...ROLES, ...SYSTEMS])).meta({ description: 'Roles and outside parties that owe something now' }),
  tasks: z.array(task), clocks: z.array(clock).meta({ description: 'Every clock with the ledger of its days (SPEC §1.5)' }),
  grossDays: z.number().meta({ description: 'Report to paid in days; never pauses (SPEC §1.5)' }),
  allowed: z.array(commandName).meta({ description: 'Acts that you may do now, in this role' }),
  acts: z.array(z.strictObject({
    command: commandName, second: z.boolean().meta({ description: 'A second person will have to confirm, for some body at least' }), pauses: z.boolean().meta({ description: 'May pause the fast track' }),
    newDue: time.nullable().meta({ description: 'The settlement day that follows, where the act moves it and it can be known' }),
    tiers: z.array(tier).nullable().meta({ description: 'Of override-tier: the tiers that the claim may be moved to now' }),
  })).meta({ description: 'The same acts, with what they cause here and now' }),
  notNow: z.array(z.strictObject({ command: commandName, code: namesIn(REFUSALS), text: words })).meta({ description: 'Acts of your role that are not possible now, each with why' }),
  names: z.record(z.string(), z.string()).meta({ description: 'Names of the persons on this page, as far as the directory shows them to you' }),
  plain: words.nullable().meta({ description: 'What happens now, for the patient; null for finance and operations' }),
  contact: z.strictObject({ role, name: z.string() }).nullable().meta({ description: 'Whom the patient asks at the hospital; null for finance and operations, or where the directory knows nobody' }),
  letter: letter.nullable().meta({ description: 'Once decided; null for finance and operations' }),
  related: z.array(related).nullable().meta({ description: 'Claims that have to do with this one; null for who does not see the assessment' }),
  retention,
  clinical: clinical.nullable().meta({ description: 'Null for finance and operations' }),
  assessment: assessment.nullable().meta({ description: 'Null for the patient, finance and operations' }),
  amounts: amounts.nullable().meta({ description: 'Null for operations' }),
  patient: z.strictObject({ recordNo: z.string(), name: z.string(), sex: z.string().nullable(), birthDate: z.iso.date().nullable() }).nullable(),
}).meta({ id: 'Claim' });
export type ClaimView = z.infer<typeof claimView>;
