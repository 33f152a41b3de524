/** Is the process alive, can it do its work, and is it here to stay? Temporal is reported, not required: reports are taken without it. */
import { Router } from 'express';
import type { Client } from '@temporalio/client';
import type { Database } from '../platform/database';

const ASK_MS = 1_500;

export function healthRouter({ database, temporal, leaving }: { database: Database; temporal: Client; leaving: () => boolean }): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => { res.json({ status: 'ok' }); });
  router.get('/readyz', async (_req, res) => {
    // Answers still come for a while, but no new ones should be asked for here.
    if (leaving()) { res.status(503).json({ status: 'leaving' }); return; }
    const [db, workflows] = await Promise.all([answers(() => database.$queryRaw`SELECT 1`), answers(() => temporal.withDeadline(Date.now() + ASK_MS, () => temporal.workflowService.getSystemInfo({})))]);
    res.status(db ? 200 : 503).json({ status: db ? 'ready' : 'not-ready', database: db ? 'answers' : 'away', temporal: workflows ? 'answers' : 'away' });
  });
  return router;
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  const late = new Promise<false>((resolve) => { setTimeout(() => resolve(false), ASK_MS).unref(); });
  return Promise.race([ask().then(() => true, () => false), late]);
}
