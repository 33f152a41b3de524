/** What the registry knows against our dependencies, by `npm audit`. */
import { z } from 'zod';

/** An advisory we live with until a day, and why. None today; one past its day fails. */
export interface Accepted { advisory: string; package: string; until: string; because: string }
export const ACCEPTED: readonly Accepted[] = [];

const viaSchema = z.union([z.string(), z.object({ name: z.string(), title: z.string(), url: z.string(), severity: z.string() }).loose()]);
const reportSchema = z.object({ vulnerabilities: z.record(z.string(), z.object({ via: z.array(viaSchema), nodes: z.array(z.string()) }).loose()) });
const GRAVE = ['high', 'critical'];

export type Judged = { asked: false; why: string } | { asked: true; faults: string[] };

/** Judges what `npm audit --json` wrote of packages at these paths of the lock file. A registry that has no such service, or cannot be reached, was not asked. `today`: 2026-11-22. */
export function judgeAudit(text: string, paths: ReadonlySet<string>, accepted: readonly Accepted[], today: string): Judged {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { asked: false, why: 'npm gave no report' };
  }
  const report = reportSchema.safeParse(json);
  if (!report.success) {
    const { statusCode, message } = json as { statusCode?: number; message?: string };
    return { asked: false, why: statusCode === undefined ? message ?? 'npm gave no report' : `the registry answered ${statusCode}` };
  }
  const found = Object.values(report.data.vulnerabilities).filter(({ nodes }) => nodes.some((path) => paths.has(path))).flatMap(({ via }) => via.flatMap((one) => (typeof one === 'string' || !GRAVE.includes(one.severity) ? [] : [one])));
  const isAccepted = (url: string): boolean => accepted.some(({ advisory, until }) => url.endsWith(`/${advisory}`) && until >= today);
  return {
    asked: true,
    faults: [
      ...new Set(found.filter(({ url }) => !isAccepted(url)).map(({ name, severity, title, url }) => `${name}: ${severity}, ${title} (${url})`)),
      ...accepted.filter(({ until }) => until < today).map(({ advisory, package: name, until }) => `${name}: ${advisory} was accepted until ${until}: look again`),
    ],
  };
}
