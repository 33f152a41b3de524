/** What a Prometheus in front of the stack would have seen, and whether an alarm of `deploy/prometheus/alerts.yml` would sound. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Series { name: string; labels: Record<string, string>; value: number }
export interface Rule { alert?: string; record?: string; expr: string; labels?: Record<string, string>; annotations?: { runbook: string } }

const folder = join(__dirname, '..', '..', 'deploy', 'prometheus');
export const rulesOf = (file: 'alerts.yml' | 'slo.yml'): Rule[] => (parse(readFileSync(join(folder, file), 'utf8')) as { groups: Array<{ rules: Rule[] }> }).groups.flatMap(({ rules }) => rules);

/** Every series of a process's `/metrics`; none while it does not answer. */
export async function scrape(url: string): Promise<Series[]> {
  const text = await fetch(url).then((answer) => answer.text(), () => '');
  return text.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return name === '' ? [] : [{ name, labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, said]) => [key, said])) as Record<string, string>, value: Number(value) }];
  });
}

const AGGREGATES: Record<string, (values: number[]) => number> = { sum: (values) => values.reduce((a, b) => a + b, 0), max: (values) => Math.max(...values), min: (values) => Math.min(...values) };

/**
 * Does the expression of this alarm hold, its `for` left aside? `before` is an earlier scrape, for what counts growth. Knows the shapes
 * that the alarms of the exercises have; promtool knows the rest. Throws for another.
 */
export function sounds(alert: string, now: readonly Series[], before: readonly Series[] = []): boolean {
  const expr = rulesOf('alerts.yml').find((rule) => rule.alert === alert)?.expr ?? '';
  const absent = /^absent\((\w+)\)$/.exec(expr)?.[1];
  if (absent !== undefined) return !now.some(({ name }) => name === absent);
  const [, aggregate = '', grows, name, than, bound] = /^(sum|max|min)\((increase\()?(\w+)(?:\[\w+\]\))?\) ([<>]) (\d+)$/.exec(expr) ?? [];
  const read = AGGREGATES[aggregate];
  if (read === undefined) throw new Error(`${alert}: ${expr} is not read here`);
  const valuesIn = (series: readonly Series[]): number[] => series.filter((one) => one.name === name).map(({ value }) => value);
  const values = valuesIn(now);
  if (values.length === 0) return false;
  const value = read(values) - (grows === undefined ? 0 : read(valuesIn(before)));
  return than === '>' ? value > Number(bound) : value < Number(bound);
}
