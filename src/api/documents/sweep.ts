import type { UploadStaging } from '../../platform/documents/store';
import type { Log } from '../../platform/log';

const EVERY_MS = 6 * 60 * 60 * 1000;

/**
 * Removes uploads that were given up, now and every six hours; returns what stops it. Now too, because a process that is
 * replaced more often than that would never come to it. One that fails is logged and tried again the next time.
 */
export function sweepUploads(staging: Pick<UploadStaging, 'sweep'>, log: Pick<Log, 'warn'>): () => void {
  const sweep = (): void => { staging.sweep().catch((error: unknown) => { log.warn({ err: error }, 'api: uploads that were given up could not be removed'); }); };
  sweep();
  const sweeping = setInterval(sweep, EVERY_MS).unref();
  return () => { clearInterval(sweeping); };
}
