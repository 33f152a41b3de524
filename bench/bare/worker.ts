/** The reference's worker, a process of its own: one statement for each activity, in a table of its own. Arguments: address, namespace, queue, database. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { Pool } from 'pg';

export const createBareActivities = (pool: Pool) => ({
  async write(id: string, what: string): Promise<void> { await pool.query({ name: 'write', text: 'INSERT INTO bench_bare (id, what) VALUES ($1, $2)', values: [id, what] }); },
});
export type BareActivities = ReturnType<typeof createBareActivities>;

async function main(address: string, namespace: string, taskQueue: string, databaseUrl: string): Promise<void> {
  const pool = new Pool({ connectionString: databaseUrl, max: 10 });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({ connection, namespace, taskQueue, workflowsPath: require.resolve('./workflow'), activities: createBareActivities(pool) });
  process.once('SIGTERM', () => { worker.shutdown(); });
  process.stdout.write('running\n');
  await worker.run();
}

if (require.main === module) main(...process.argv.slice(2) as [string, string, string, string]).then(() => process.exit(0), (error: unknown) => { console.error(error); process.exit(1); });
