/** Every expression of the rules and the dashboards, against what was really scraped. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulesOf, type Series } from './signals';

const dashboards = join(__dirname, '..', '..', 'deploy', 'grafana');

/** Each expression with the place where it stands. */
function expressions(): Array<{ where: string; expr: string }> {
  const rules = (['alerts.yml', 'slo.yml'] as const).flatMap((file) => rulesOf(file).map((rule) => ({ where: `${file}: ${rule.alert ?? rule.record}`, expr: rule.expr })));
  const panels = readdirSync(dashboards).flatMap((file) => (JSON.parse(readFileSync(join(dashboards, file), 'utf8')) as { panels: Array<{ title: string; targets: Array<{ expr: string }> }> }).panels
    .flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: `${file}: ${title}`, expr }))));
  return [...rules, ...panels];
}

/** Made by Prometheus when it scrapes, or by our own rules. */
const GIVEN = ['instance', 'job', 'slo', 'le'];

/** What an expression names and nothing had: metrics, labels in braces, values with `=`, labels in `by (…)`. */
export function unknownIn(seen: readonly Series[]): string[] {
  const recorded = new Set(rulesOf('slo.yml').map((rule) => rule.record));
  return expressions().flatMap(({ where, expr }) => {
    const bare = expr.replace(/"[^"]*"/g, '""');
    const metrics = [...bare.matchAll(/\b((?:kuaipei_|temporal_|process_|nodejs_|slo:)[\w:]*)/g)].map(([, name = '']) => name).filter((name) => !recorded.has(name));
    const selectors = [...expr.matchAll(/(\w+)\{((?:[^}"]|"[^"]*")*)\}/g)].flatMap(([, name = '', inside = '']) => [...inside.matchAll(/(\w+)(=~|!=|!~|=)"([^"]*)"/g)]
      .map(([, label = '', how, value = '']) => ({ name, label, value: how === '=' ? value : null })));
    const grouped = [...bare.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(',').map((label) => label.trim()));
    return [
      ...metrics.filter((name) => !seen.some((one) => one.name === name)),
      ...selectors.filter(({ name, label, value }) => !seen.some((one) => one.name === name && (value === null ? label in one.labels : one.labels[label] === value))).map(({ name, label, value }) => `${name}{${label}="${value ?? '…'}"}`),
      ...grouped.filter((label) => !GIVEN.includes(label) && !seen.some((one) => metrics.includes(one.name) && label in one.labels)).map((label) => `by (${label})`),
    ].map((unknown) => `${where}: ${unknown}`);
  });
}
