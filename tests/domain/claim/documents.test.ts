import { checklist, DOCUMENT_KINDS, MATRIX_VERSION, mayUpload, need, OUTCOME_TYPES, type DocumentKind, type FileFacts } from '../../../src/domain/claim';
import { closedPaid, document, facts, given, inAcceptance, inApproval, inDocuments, inPayment, inReview, PEOPLE, SECRET, uploadAll, uuidOf } from './scenario';

/** SPEC §1.3, the table as it is printed there: M must · M* must, its lack only flags · C when the fact holds · – not asked. */
const SPEC_TABLE = `
claim-form            | M  | M  | M  | M  | M
insured-identity      | M  | M  | M  | M  | M
claimant-identity     | M  | C  | C  | C  | C
payee-account         | M  | M  | M  | M  | M
informed-consent      | M  | M  | M  | M  | M
intraoperative-record | M  | M  | M  | M  | C
anaesthesia-record    | M  | M  | M  | C  | C
medical-summary       | M  | M  | M  | M  | M
event-report          | M  | M  | M  | M  | C
complication-note     | C  | M  | M  | M  | M
invoice               | C  | C  | C  | M  | M
death-certificate     | M  | –  | –  | –  | –
disability-appraisal  | –  | M  | M  | –  | –
witness-pack          | M* | M* | M* | M* | C`;
const CELLS = SPEC_TABLE.trim().split('\n').flatMap((row) => {
  const [kind, ...cells] = row.split('|').map((cell) => cell.trim());
  return cells.map((cell, n) => [kind as DocumentKind, OUTCOME_TYPES[n]!, cell] as const);
});
const NOTHING: FileFacts = { claimantIsInsured: true, costsClaimed: false, anaesthesia: false, complication: false };
const EVERYTHING: FileFacts = { claimantIsInsured: false, costsClaimed: true, anaesthesia: true, complication: true };

describe('SPEC §1.3: the matrix of documents', () => {
  test('has every kind and every outcome', () => {
    expect(new Set(CELLS.map(([kind]) => kind))).toEqual(new Set(DOCUMENT_KINDS.filter((kind) => kind !== 'other')));
    expect(CELLS).toHaveLength(14 * 5);
  });

  test.each(CELLS)('%s for %s is %s', (kind, outcome, cell) => {
    const quiet = need(kind, outcome, NOTHING, []);
    const stated = need(kind, outcome, EVERYTHING, [kind]);
    expect([quiet, stated]).toEqual(({ M: ['must', 'must'], 'M*': ['must-or-flag', 'must-or-flag'], C: ['not-asked', 'must'], '–': ['not-asked', 'not-asked'] } as const)[cell as 'M']);
  });

  test.each<[DocumentKind, Partial<FileFacts>]>([
    ['claimant-identity', { claimantIsInsured: false }], ['anaesthesia-record', { anaesthesia: true }],
  ])('C: %s hangs on its own fact and no other', (kind, fact) => {
    expect(need(kind, 'minor-complication', { ...NOTHING, ...fact }, [])).toBe('must');
    const others = Object.fromEntries(Object.entries(EVERYTHING).filter(([name]) => !(name in fact)));
    expect(need(kind, 'minor-complication', { ...NOTHING, ...others }, [])).toBe('not-asked');
  });

  test('C: costs claimed ask for the invoice, a complication for its note, after a death', () => {
    expect(need('invoice', 'death', { ...NOTHING, costsClaimed: true }, [])).toBe('must');
    expect(need('complication-note', 'death', { ...NOTHING, complication: true }, [])).toBe('must');
    expect(need('invoice', 'death', { ...EVERYTHING, costsClaimed: false }, [])).toBe('not-asked');
  });

  test('C asked by reviewer: what a reviewer has asked for of a minor complication becomes a must', () => {
    const s = inAcceptance({ outcome: 'minor-complication' });
    const line = () => checklist(s.state).find((l) => l.kind === 'event-report');
    expect(line()).toMatchObject({ need: 'not-asked' });
    s.act('ask-supplement', { items: [{ document: 'event-report', from: 'hospital', couldNotHaveBeenKnown: false, why: SECRET }] }, PEOPLE.reviewer);
    expect(line()).toMatchObject({ need: 'must', status: 'missing' });
  });

  test('a claim keeps the version of the matrix it was accepted under', () => {
    expect(inReview().state.acceptance).toMatchObject({ matrixVersion: MATRIX_VERSION, by: 'reviewer' });
  });
});

describe('SPEC §1.1: documents until every must-have is present, or its gap has a reason', () => {
  test('the last must-have moves the claim to acceptance', () => {
    const s = inDocuments();
    uploadAll(s, ['medical-summary', 'witness-pack']);
    expect(s.state.stage).toBe('documents');
    s.act('upload-documents', { documents: [document('medical-summary')] }, PEOPLE.liaison);
    expect(s.state.stage).toBe('documents');
    s.act('declare-gap', { kind: 'witness-pack', reason: 'never-made' }, PEOPLE.affairs);
    expect(s.state.stage).toBe('acceptance');
  });

  test('documents uploaded while collecting count: facts and acceptance can come in one act', () => {
    const s = given();
    s.act('upload-documents', { documents: DOCUMENT_KINDS.map((kind) => document(kind)) }, PEOPLE.specialist);
    expect(s.state.stage).toBe('collecting');
    s.act('submit-facts', facts(), PEOPLE.specialist);
    expect(s.state.stage).toBe('acceptance');
  });

  test.each(['medical-summary', 'anaesthesia-record', 'claim-form'] as const)('acceptance: the gap of a must-have (%s) keeps the file from being accepted until two persons waive it', (kind) => {
    const s = inAcceptance({ without: [kind] });
    expect(s.refused('accept-file', {}, PEOPLE.reviewer)).toMatchObject({ code: 'file-incomplete', details: { missing: [kind] } });
    s.act('waive-document', { kind, note: SECRET }, PEOPLE.reviewer);
    expect(s.refused('accept-file', {}, PEOPLE.reviewer).code).toBe('file-incomplete');
    s.act('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.senior);
    expect(s.state.waived).toEqual([kind]);
    s.act('accept-file', {}, PEOPLE.reviewer2);
    expect(s.state.stage).toBe('review');
  });

  test('SPEC §1.3: a missing witness pack flags witness-gap, is accepted, forces a second review and never rejects', () => {
    const s = inReview({ without: ['witness-pack'] });
    expect(s.state.flags.map((f) => f.flag)).toEqual(['witness-gap']);
    s.act('recommend', { decision: 'approve', lines: [{ benefit: 'medical-costs', askedFen: 1_000_000, approvedFen: 1_000_000 }], reasons: ['A01'], exGratia: false, evidence: [], fileVersion: s.state.fileVersion }, PEOPLE.reviewer);
    expect(s.state).toMatchObject({ stage: 'review', recommendation: null });
    expect(s.refused('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.reviewer).code).toBe('four-eyes');
    s.act('confirm-proposal', { proposalId: s.state.proposals[0]!.proposalId }, PEOPLE.reviewer2);
    expect(s.state).toMatchObject({ stage: 'approval', recommendation: { by: 'reviewer2', proposedBy: 'reviewer' } });
  });

  test('SPEC §1.3: no witness pack is asked of a minor complication, so none is missed', () => {
    expect(inAcceptance({ outcome: 'minor-complication' }).state.flags).toEqual([]);
  });
});

describe('SPEC §1.3: a document is never overwritten, never deleted', () => {
  test('a new file supersedes the old one, which stays', () => {
    const s = given();
    const first = document('event-report');
    const second = document('event-report');
    s.act('upload-documents', { documents: [first] }, PEOPLE.liaison).act('supersede-document', { supersedes: first.documentId, document: second }, PEOPLE.liaison);
    expect(s.state.documents).toMatchObject([{ ...first, by: 'liaison', supersededBy: second.documentId }, { ...second, supersededBy: null }]);
    expect(s.state.fileVersion).toBe(2);
    expect(checklist(s.state).find((l) => l.kind === 'event-report')?.documentIds).toEqual([second.documentId]);
    expect(s.refused('supersede-document', { supersedes: first.documentId, document: document('event-report') }, PEOPLE.liaison).code).toBe('already-there');
    expect(s.refused('supersede-document', { supersedes: second.documentId, document: document('invoice') }, PEOPLE.liaison).code).toBe('unknown-document');
    expect(s.refused('supersede-document', { supersedes: uuidOf(0), document: document('invoice') }, PEOPLE.liaison).code).toBe('unknown-document');
  });

  test('one document id stands for one file: the same id twice is refused, in one act and in two', () => {
    const s = given();
    const one = document('event-report');
    expect(s.refused('upload-documents', { documents: [one, one] }, PEOPLE.liaison)).toMatchObject({ code: 'already-there', field: '/documents/1/documentId' });
    s.act('upload-documents', { documents: [one] }, PEOPLE.liaison);
    expect(s.refused('upload-documents', { documents: [one] }, PEOPLE.liaison).code).toBe('already-there');
  });

  test('SPEC §1.2: a patient uploads own papers; hospital roles upload all', () => {
    const own = DOCUMENT_KINDS.filter((kind) => mayUpload('patient', kind));
    expect(own).toEqual(['claim-form', 'insured-identity', 'claimant-identity', 'payee-account', 'invoice', 'death-certificate', 'disability-appraisal', 'other']);
    for (const role of ['liaison', 'specialist', 'manager', 'medical-affairs'] as const) expect(DOCUMENT_KINDS.every((kind) => mayUpload(role, kind))).toBe(true);
    for (const role of ['reviewer', 'senior-reviewer', 'approver', 'finance', 'mediator', 'auditor', 'ops', 'his-feed'] as const) expect(DOCUMENT_KINDS.some((kind) => mayUpload(role, kind))).toBe(false);
    expect(given().refused('upload-documents', { documents: [document('claim-form'), document('event-report')] }, PEOPLE.patient)).toMatchObject({ code: 'wrong-document-kind', field: '/documents/1/kind' });
  });

  test('SPEC §1.8: a file changed since the recommendation returns to review', () => {
    const s = inApproval();
    s.act('upload-documents', { documents: [document('other')] }, PEOPLE.patient);
    expect(s.state).toMatchObject({ stage: 'review', recommendation: null });
  });

  test.each([['payment', inPayment], ['closed', closedPaid]] as const)('SPEC §1.7: a late upload after the decision (in %s) becomes new evidence', (stage, make) => {
    const s = make();
    s.act('upload-documents', { documents: [document('other'), document('other')] }, PEOPLE.patient);
    expect(s.state.stage).toBe(stage);
    expect(s.state.documents.slice(-2).map((d) => d.late)).toEqual([true, true]);
    expect(s.state.flags.map((f) => f.flag)).toEqual(['new-evidence']);
  });

  test('a flag of the storage is raised once per document', () => {
    const s = inReview().fact('flag-document', { flag: 'duplicate-file', about: uuidOf(1) }, 'storage');
    expect(s.state.flags).toMatchObject([{ flag: 'duplicate-file', about: uuidOf(1) }]);
  });
});
