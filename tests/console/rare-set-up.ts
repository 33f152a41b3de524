/** How the claims of the rare journeys came to where those begin: by the API where another test plays that part on screens, by the rules alone where it lies in the past. */
import { crc32, deflateSync } from 'node:zlib';
import { paper } from '../../dev/paper';
import { aReport, newClaim, ORDINARY, stateOf, travel, type StepName } from '../support/journey';
import type { TestStack } from '../support/stack';
import { plant } from '../api/planted';
import { inReview, PEOPLE, type Scenario } from '../domain/claim/scenario';

const comeTo = async (stack: TestStack, end: StepName): Promise<string> => (await travel(stack, newClaim(), end)).claimNo;
/** A claim that waits for its documents. */
export const inDocuments = (stack: TestStack): Promise<string> => comeTo(stack, 'upload-documents');

/** The claims of all journeys, brought to where each begins, side by side; a journey waits for its own. */
export function setUp(stack: TestStack) {
  const come = (end: StepName): Promise<string> => comeTo(stack, end);
  const claims = {
    inReview: come('recommend'), reportedTwice: reportTwice(stack), early: come('upload-documents'), approved: come('set-payee'), rejected: come('recommend').then((claimNo) => reject(stack, claimNo)),
    toBeChecked: come('check-payment'), unanswerable: come('upload-documents').then((claimNo) => askForWhatIsLost(stack, claimNo)),
  };
  // Told by the journey that waits for it.
  for (const claim of Object.values(claims)) claim.catch(() => undefined);
  return claims;
}

/** The same patient's operation of another hour, reported once more. */
async function reportTwice(stack: TestStack): Promise<[string, string]> {
  const specialist = await stack.person('specialist-a-h001');
  const first = aReport(9_001);
  return [await specialist.report(first), await specialist.report({ ...first, surgeryAt: new Date(Date.now() - 4 * 3_600_000).toISOString() })];
}

/** Rejected by reviewer and approver: for an objection. */
async function reject(stack: TestStack, claimNo: string): Promise<string> {
  const { fileVersion, documents } = await stateOf(stack, claimNo);
  const lines = ORDINARY.benefits.map((line) => ({ ...line, approvedFen: 0 }));
  const [reviewer, approver] = await Promise.all([stack.person('reviewer-a-i001'), stack.person('approver-a-i001')]);
  await reviewer.act(claimNo, 'recommend', { decision: 'reject', lines, reasons: ['C01'], evidence: [documents[0]!.documentId], fileVersion });
  await approver.act(claimNo, 'reject', { lines, fileVersion });
  return claimNo;
}

/** The hospital has lost the summary, which is a must; the reviewer asks for it, and for a fact. */
async function askForWhatIsLost(stack: TestStack, claimNo: string): Promise<string> {
  const specialist = await stack.person('specialist-a-h001');
  const { clinical } = await specialist.get<{ clinical: { checklist: Array<{ kind: string; need: string }> } }>(`/v1/claims/${claimNo}`);
  const kinds = clinical.checklist.filter((line) => line.need !== 'not-asked' && line.kind !== 'medical-summary').map((line) => line.kind);
  const documents = await Promise.all(kinds.map((kind) => specialist.upload(claimNo, kind, `${kind}.pdf`, paper(kind, [claimNo]))));
  await specialist.act(claimNo, 'upload-documents', { documents });
  await (await stack.person('liaison-b-h001')).act(claimNo, 'declare-gap', { kind: 'medical-summary', reason: 'lost', note: '病案室没有。' });
  const why = '缺病历摘要。';
  await (await stack.person('reviewer-a-i001')).act(claimNo, 'ask-supplement', { items: [
    { document: 'medical-summary', from: 'hospital', couldNotHaveBeenKnown: false, why }, { fact: 'earlier-illness', from: 'hospital', couldNotHaveBeenKnown: false, why },
  ] });
  return claimNo;
}

/** Adds a document to a claim that is with the hospital. */
export async function addDocument(stack: TestStack, claimNo: string, kind: string, fileName: string, content: Buffer): Promise<string> {
  const specialist = await stack.person('specialist-a-h001');
  const stored = await specialist.upload(claimNo, kind, fileName, content);
  await specialist.act(claimNo, 'upload-documents', { documents: [stored] });
  return stored.documentId;
}

/** A death accepted on the Thursday before the make-up Sunday, and paused over two days of the week before the autumn holidays of 2026. */
export function overTheAutumnHolidays(stack: TestStack, claimNo: string) {
  const s = inReview({ outcome: 'death', at: '2026-09-17T02:00:00.000Z' }).at('2026-09-21T02:00:00.000Z');
  s.act('ask-supplement', { items: [{ fact: 'course-of-treatment', from: 'hospital', couldNotHaveBeenKnown: true, why: '原记录未载明。' }] }, PEOPLE.reviewer).fact('notice-delivered', { requestNo: 1 }, 'notices');
  s.at('2026-09-23T02:00:00.000Z').act('answer-supplement', { itemId: 'S1.1', answer: { kind: 'cannot-provide', note: '无。' } }, PEOPLE.liaison);
  return plant(stack.database, s, claimNo);
}

/** Accepted in December 2025 by a calendar that does not know 2026. */
export const intoAnUnknownYear = (stack: TestStack, claimNo: string) => plant(stack.database, inReview({ outcome: 'death', at: '2025-12-19T02:00:00.000Z', years: [2025] }), claimNo);

/** As the rules left it, without a process. */
export const lost = (stack: TestStack, claimNo: string, scenario: Scenario) => plant(stack.database, scenario, claimNo);

/** A minute and a half of a low tone, 16 MB: more than a player reads ahead. */
export function recording(): Buffer {
  const rate = 44_100, seconds = 90;
  const sound = Buffer.alloc(rate * seconds * 4);
  for (let n = 0; n < rate * seconds; n += 1) { const level = Math.round(Math.sin(n / 40) * 3_000); sound.writeInt16LE(level, n * 4); sound.writeInt16LE(level, n * 4 + 2); }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0); head.writeUInt32LE(36 + sound.length, 4); head.write('WAVEfmt ', 8); head.writeUInt32LE(16, 16); head.writeUInt16LE(1, 20); head.writeUInt16LE(2, 22);
  head.writeUInt32LE(rate, 24); head.writeUInt32LE(rate * 4, 28); head.writeUInt16LE(4, 32); head.writeUInt16LE(16, 34); head.write('data', 36); head.writeUInt32LE(sound.length, 40);
  return Buffer.concat([head, sound]);
}

/** A picture of 1200 × 1600, as a phone's photograph of a page. */
export function picture(): Buffer {
  const [width, height] = [1_200, 1_600];
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = ((x >> 6) + (y >> 6)) % 2 === 0 ? 250 : 120;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length); sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0); head.writeUInt32BE(height, 4); head.writeUInt8(8, 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
