import fc from 'fast-check';
import { allowed, gapsBeforeAcceptance, missingDocuments, oneAsk, OUTCOME_TYPES, type CommandInput, type DocumentKind } from '../../../src/domain/claim';
import { document, inAcceptance, PEOPLE, SECRET, type Scenario } from './scenario';

const BENEFIT = { death: 'death', 'severe-disability': 'disability', disability: 'disability', 'serious-complication': 'complication-lump-sum', 'minor-complication': 'complication-lump-sum' } as const;
const LOSABLE: DocumentKind[] = ['claimant-identity', 'payee-account', 'informed-consent', 'intraoperative-record', 'anaesthesia-record', 'medical-summary', 'event-report', 'complication-note', 'invoice', 'witness-pack'];

/** A file with gaps, of any outcome under any facts. */
const incomplete = fc.record({
  outcome: fc.constantFrom(...OUTCOME_TYPES), without: fc.uniqueArray(fc.constantFrom(...LOSABLE), { minLength: 1 }),
  claimantIsInsured: fc.boolean(), costsClaimed: fc.boolean(), anaesthesia: fc.boolean(), complication: fc.boolean(),
}).map((way) => inAcceptance({ ...way, asks: [{ benefit: BENEFIT[way.outcome], askedFen: 100_000_00 }] }));

const ask = (s: Scenario, which: (one: ReturnType<typeof oneAsk>[number]) => boolean): Scenario => {
  const items = oneAsk(s.state, s.now).filter(which).map(({ document: kind, from, couldNotHaveBeenKnown, why }): CommandInput<'ask-supplement'>['items'][number] => ({ document: kind, from, couldNotHaveBeenKnown, why: why.zh }));
  if (items.length === 0) return s;
  s.act('ask-supplement', { items }, PEOPLE.reviewer);
  for (const { itemId, document: kind } of s.state.supplements[0]!.items) {
    const paper = document(kind!);
    s.act('upload-documents', { documents: [paper] }, PEOPLE.specialist).act('answer-supplement', { itemId, answer: { kind: 'upload', documentIds: [paper.documentId] } }, PEOPLE.specialist);
  }
  for (const { itemId } of s.state.supplements[0]!.items) s.act('accept-answer', { itemId }, PEOPLE.reviewer);
  return s;
};

describe('SPEC §1.7: one consolidated request', () => {
  test.each([['what the facts need', false], ['also what would be needed under other facts', true]])('after asking for %s, and all answered, no must-have is missing and the file can be accepted', (_, everything) => {
    fc.assert(fc.property(incomplete, (s) => {
      ask(s, (one) => everything || one.conditional === null);
      expect([gapsBeforeAcceptance(s.state), missingDocuments(s.state), s.state.stage]).toEqual([[], [], 'acceptance']);
      expect(allowed(s.state, PEOPLE.reviewer, s.now)).toContain('accept-file');
    }), { numRuns: 60 });
  });

  test('nothing less would do: without any one of the unconditional items, but the witness pack, something is missing', () => {
    fc.assert(fc.property(incomplete, (s) => {
      const needed = oneAsk(s.state, s.now).filter((one) => one.conditional === null && one.document !== 'witness-pack').map((one) => one.document);
      expect([...needed].sort()).toEqual([...gapsBeforeAcceptance(s.state)].sort());
    }), { numRuns: 60 });
  });

  test('what was asked before and is still not there says so', () => {
    const s = inAcceptance({ without: ['anaesthesia-record'] });
    expect(oneAsk(s.state, s.now)).toContainEqual(expect.objectContaining({ document: 'anaesthesia-record', alreadyAsked: false, conditional: null, why: expect.objectContaining({ code: 'declared-missing' }) }));
    s.act('ask-supplement', { items: [{ document: 'anaesthesia-record', from: 'hospital', couldNotHaveBeenKnown: false, why: SECRET }] }, PEOPLE.reviewer)
      .act('answer-supplement', { itemId: 'S1.1', answer: { kind: 'cannot-provide', note: SECRET } }, PEOPLE.liaison);
    expect(oneAsk(s.state, s.now)).toContainEqual(expect.objectContaining({ document: 'anaesthesia-record', alreadyAsked: true }));
  });

  test('a document that other facts would need names the fact; each item its day: 3 working days for the hospital, 10 calendar days for the patient', () => {
    const s = inAcceptance({ outcome: 'serious-complication' });
    expect(oneAsk(s.state, s.now)).toEqual([expect.objectContaining({ document: 'claimant-identity', from: 'patient', conditional: 'if-claimant-is-not-the-insured', dueBy: '2026-03-12T16:00:00.000Z' })]);
    const other = inAcceptance({ without: ['event-report'] });
    expect(oneAsk(other.state, other.now)).toContainEqual(expect.objectContaining({ document: 'event-report', from: 'hospital', dueBy: '2026-03-05T16:00:00.000Z' }));
  });
});
