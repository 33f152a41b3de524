/** Certificates for PostgreSQL, one that holds for a day and one that has expired, and a server that changes them while it runs. */
import { execFile } from 'node:child_process';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asSuperuser } from '../../dev/postgres';

const run = promisify(execFile);

export interface Certificate { file: string; certificate: string; key: string }

/** A certificate for 127.0.0.1, signed by its own key; of 0 days it has expired a second later. */
export async function makeCertificate(folder: string, days: 0 | 1): Promise<Certificate> {
  const [key, request, file] = ['key', 'request', 'certificate'].map((what) => join(folder, `${what}-${days}.pem`)) as [string, string, string];
  await run('openssl', ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', request]);
  await run('openssl', ['x509', '-req', '-in', request, '-signkey', key, '-days', String(days), '-copy_extensions', 'copy', '-out', file]);
  return { file, certificate: await readFile(file, 'utf8'), key: await readFile(key, 'utf8') };
}

/** Has the server show this certificate to whoever connects from now on, as renewing on a running server does; connections that stand are cut. */
export async function present(port: number, { certificate, key }: Certificate): Promise<void> {
  await asSuperuser(port, 'kuaipei', async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const data = rows[0]!.data_directory;
    const write = async (name: string, pem: string): Promise<void> => {
      await client.query(`COPY (SELECT unnest(string_to_array(${client.escapeLiteral(pem.trim())}, chr(10)))) TO ${client.escapeLiteral(join(data, name))}`);
    };
    await write('server.crt', certificate);
    await write('server.key', key);
    // The server takes no key that others may read.
    await chmod(join(data, 'server.key'), 0o600);
    await client.query('ALTER SYSTEM SET ssl = on');
    await client.query('SELECT pg_reload_conf()');
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kuaipei_api' AND pid <> pg_backend_pid()");
  });
}
