import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MutualTls } from '../../dev/temporal-cluster';

const run = promisify(execFile);

/** An authority of the test's own, a server's certificate for that address, and one by which our processes are known. Needs openssl. */
export async function makeCertificates(folder: string, address: string): Promise<MutualTls> {
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args);
  const key = (name: string): string[] => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file(`${name}.key`), '-subj', `/CN=${name}`];
  await openssl('req', '-x509', ...key('authority'), '-out', file('authority.pem'), '-days', '2');
  for (const [name, use] of [['server', 'serverAuth,clientAuth'], ['kuaipei', 'clientAuth']] as const) {
    await openssl('req', '-new', ...key(name), '-out', file(`${name}.csr`));
    await writeFile(file(`${name}.ext`), `subjectAltName=IP:${address}\nextendedKeyUsage=${use}\n`);
    await openssl('x509', '-req', '-in', file(`${name}.csr`), '-CA', file('authority.pem'), '-CAkey', file('authority.key'), '-CAcreateserial', '-out', file(`${name}.pem`), '-days', '2', '-extfile', file(`${name}.ext`));
  }
  return {
    cert: file('server.pem'), key: file('server.key'), ca: file('authority.pem'),
    client: { TEMPORAL_TLS: 'true', TEMPORAL_TLS_CLIENT_CERT_PATH: file('kuaipei.pem'), TEMPORAL_TLS_CLIENT_KEY_PATH: file('kuaipei.key'), TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('authority.pem') },
  };
}
