import { startBank, type BankEntry } from '../../dev/simulators/bank';
import { startInsurer, type InsurerEntry } from '../../dev/simulators/insurer';
import { startNotices, type NoticeEntry } from '../../dev/simulators/notices';

/** Each shared with one outside party of the tests. */
export const PARTY_SECRETS = { BANK_SECRET: 'the-secret-of-the-bank-of-the-tests', INSURER_SECRET: 'the-secret-of-the-insurer-of-the-tests', NOTICE_SECRET: 'the-secret-of-the-gateway-of-the-tests' };
/** Signs the sessions of patients in the tests. */
export const PATIENT_SESSION_SECRET = 'another-secret-for-the-tests-alone';

/** Bank, insurer and bearer of notices, honest until told otherwise. */
export interface Parties {
  bankUrl: string;
  insurerUrl: string;
  noticeUrl: string;
  /** The variables by which API and worker find them. */
  environment: Record<'BANK_URL' | 'INSURER_URL' | 'NOTICE_URL' | keyof typeof PARTY_SECRETS, string>;
  stop(): Promise<void>;
}

/** Starts the outside parties; the bank calls back the API at that address. */
export async function startParties(apiUrl: string): Promise<Parties> {
  const { BANK_SECRET, INSURER_SECRET, NOTICE_SECRET } = PARTY_SECRETS;
  const [bank, insurer, notices] = await Promise.all([startBank({ port: 0, secret: BANK_SECRET, callbackUrl: `${apiUrl}/v1/webhooks/bank` }), startInsurer({ port: 0, secret: INSURER_SECRET }), startNotices({ port: 0, secret: NOTICE_SECRET })]);
  return {
    bankUrl: bank.url, insurerUrl: insurer.url, noticeUrl: notices.url, environment: { BANK_URL: bank.url, INSURER_URL: insurer.url, NOTICE_URL: notices.url, ...PARTY_SECRETS },
    stop: async () => { await Promise.all([bank, insurer, notices].map((party) => party.stop())); },
  };
}

/** Tells a running simulator how to misbehave; an empty list makes it honest again. */
export async function setFaults(url: string, rules: ReadonlyArray<{ do: string } & Record<string, unknown>>): Promise<void> {
  const response = await fetch(`${url}/_faults`, { method: 'PUT', body: JSON.stringify(rules) });
  if (response.status !== 204) throw new Error(`faults refused: ${await response.text()}`);
}

async function journalOf<E>(url: string): Promise<E[]> {
  const response = await fetch(`${url}/_journal`);
  return ((await response.json()) as { entries: E[] }).entries;
}
export const bankJournal = (url: string) => journalOf<BankEntry>(url);
export const insurerJournal = (url: string) => journalOf<InsurerEntry>(url);
export const noticeJournal = (url: string) => journalOf<NoticeEntry>(url);

/** How often the bank moved money under a key: anything but 0 or 1 is a payment made twice. */
export async function paymentsUnder(url: string, key: string): Promise<number> {
  return (await bankJournal(url)).filter((entry) => entry.what === 'accepted' && entry.key === key).length;
}

/** Repeats `look` until it gives something, or fails after `timeoutMs`. */
export async function eventually<T>(look: () => Promise<T | undefined>, timeoutMs = 10_000): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`nothing after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
