import { aReport, startStack, type Stack } from './stack';

let stack: Stack;
beforeAll(async () => { stack = await startStack({ temporal: false }); }, 120_000);
afterAll(() => stack.stop());

test('SPEC §1.1: a specialist reports; the claim is there at once, though Temporal is down', async () => {
  const made = await (await stack.post('specialist-a-h001', '/v1/claims', aReport('R1')));
  expect(made.body).toEqual({});
  expect(made.status).toBe(201);
});
