/** The worker's version as Temporal knows it: deployment `WORKER_DEPLOYMENT`, build id from the content of the workflow bundle ([decision 22]). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The build id of a bundle: the same workflows, wherever and whenever they were built from, are the same version. */
export const buildIdOf = (bundleFile: string): string => createHash('sha256').update(readFileSync(bundleFile)).digest('hex').slice(0, 12);

/** How a versioned worker introduces itself. AUTO_UPGRADE: a claim lives for weeks, and what is mended must reach it; rounds on a schedule end within the hour and need nothing else. */
export const versionOf = (deploymentName: string, bundleFile: string) => ({
  version: { deploymentName, buildId: buildIdOf(bundleFile) }, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE',
}) as const;
