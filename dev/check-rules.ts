/** `npm run check:rules`: Prometheus' own promtool reads the rules, plays their tests, and parses each expression of the dashboards. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { findPromtool } from './programs';
import { sentenceFor } from './sentence';

const run = promisify(execFile);
const rules = join(__dirname, '..', 'deploy', 'prometheus');
const dashboards = join(__dirname, '..', 'deploy', 'grafana');

interface Dashboard { panels: Array<{ title: string; targets: Array<{ expr: string }> }> }

/** Every expression of the dashboards, Grafana's own variable given a value. */
const expressions = (): string[] => readdirSync(dashboards).flatMap((file) => (JSON.parse(readFileSync(join(dashboards, file), 'utf8')) as Dashboard).panels)
  .flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')));

async function main(): Promise<void> {
  const { path, from } = await findPromtool((words) => { console.log(words); });
  console.log(`promtool: ${from}`);
  const folder = mkdtempSync(join(tmpdir(), 'kuaipei-rules-'));
  try {
    const asRules = join(folder, 'dashboards.yml');
    const all = expressions();
    writeFileSync(asRules, stringify({ groups: [{ name: 'dashboards', rules: all.map((expr, n) => ({ record: `expression:${n}`, expr })) }] }));
    for (const args of [
      ['check', 'rules', '--lint-fatal', join(rules, 'alerts.yml'), join(rules, 'slo.yml')], ['check', 'config', '--syntax-only', join(rules, 'prometheus.yml')],
      ['test', 'rules', join(rules, 'rules.test.yml')], ['check', 'rules', '--lint=none', asRules],
    ]) console.log((await run(path, args)).stdout.trim());
    console.log(`${all.length} expressions of dashboards parsed`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  const { stdout, stderr } = error as { stdout?: string; stderr?: string };
  console.error(stdout === undefined ? sentenceFor(error) ?? error : `${stdout}${stderr ?? ''}`);
  process.exitCode = 1;
});
