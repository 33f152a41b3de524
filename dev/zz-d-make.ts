import { signIn } from './client';
import { paper } from './paper';
import { requireStack } from './stack';
import { randomUUID } from 'node:crypto';
async function main() {
  const stack = requireStack();
  const specialist = await signIn(stack, 'specialist-a-h001'), reviewer = await signIn(stack, 'reviewer-a-i001'), liaison = await signIn(stack, 'liaison-a-h001');
  const at = (h: number) => new Date(Date.now() - h * 3600_000).toISOString();
  async function claim(outcomeType: string, fen: number) {
    const id = randomUUID().slice(0, 8);
    const { claimNo } = await specialist.post<{ claimNo: string }>('/v1/claims', { ...(await example(outcomeType, id)) });
    await specialist.act(claimNo, 'submit-facts', { occurredAt: at(20), outcomeType, benefits: [{ benefit: 'medical-costs', askedFen: fen }], claimantIsInsured: true, costsClaimed: true, anaesthesia: true, complication: true, narrative: '术后第一天引流量增多，血压下降，返回手术室止血。' });
    return claimNo;
  }
  async function example(outcomeType: string, id: string) {
    const doc = await (await fetch(`${stack.apiUrl}/openapi.json`)).json() as any;
    const body = doc.paths['/v1/claims'].post.requestBody.content['application/json'].example;
    return { ...body, outcomeType, department: 'cardiac-surgery', occurredAt: at(20), surgeryAt: at(30 + Math.random() * 50), patient: { ...body.patient, recordNo: `MR-${id}`, name: '王芳' } };
  }
  async function fill(claimNo: string, skip: string[] = []) {
    const { clinical } = await specialist.get<any>(`/v1/claims/${claimNo}`);
    const kinds = clinical.checklist.filter((l: any) => l.need !== 'not-asked' && !skip.includes(l.kind)).map((l: any) => l.kind);
    const documents = [];
    for (const kind of kinds) documents.push(await specialist.upload(claimNo, kind, `${kind}.pdf`, paper(kind, [claimNo, randomUUID()])));
    await specialist.act(claimNo, 'upload-documents', { documents });
  }
  // documents stage, some there
  const a = await claim('serious-complication', 4_000_000); await fill(a, ['anaesthesia-record', 'witness-pack', 'invoice', 'informed-consent']);
  await liaison.act(a, 'declare-gap', { kind: 'witness-pack', reason: 'never-made', note: '急诊手术，术前未录制' });
  console.log('documents', a);
  // supplement
  const b = await claim('minor-complication', 2_000_000); await fill(b);
  for (let n = 0; n < 100; n++) { if ((await reviewer.get<any>(`/v1/claims/${b}`)).assessment.eligibility) break; await new Promise((r) => setTimeout(r, 100)); }
  await reviewer.act(b, 'accept-file', {});
  await reviewer.act(b, 'ask-supplement', { items: [{ document: 'intraoperative-record', from: 'hospital', couldNotHaveBeenKnown: true, why: '出院小结提到术中转开放手术，需要手术记录核对。' }, { fact: 'other-insurance', from: 'patient', couldNotHaveBeenKnown: true, why: '请说明是否有其他商业保险赔付。' }] });
  console.log('supplement', b);
  // void proposed at acceptance
  const c = await claim('minor-complication', 900_000); await fill(c);
  await reviewer.act(c, 'void', { survivor: b, note: '与该案为同一事件' });
  console.log('void proposed', c);
}
main().catch((e) => { console.error(e); process.exit(1); });
