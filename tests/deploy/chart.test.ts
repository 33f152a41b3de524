/**
 * The Helm chart as Helm renders it, on demand: `npm run check:chart`. Helm is built with Go where it is missing, Kubernetes' schemas come
 * from PyPI (kubernetes-validate) into a folder of their own: minutes the first time, seconds afterwards, and so not with every `npm test`.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { findGoProgram } from '../../dev/programs';
import { WORK_KINDS } from '../../src/domain/claim';
import { readApiConfig, readMigrationConfig, readWorkerConfig } from '../../src/platform/config';
import { root } from './compose';

const run = promisify(execFile);
const HELM = { name: 'helm', module: 'helm.sh/helm/v3/cmd/helm', version: '3.19.0' };
const VALIDATE = '1.37.0';
/** The oldest that Chart.yaml admits, and a new one. */
const KUBERNETES = ['1.30.0', '1.36.0'] as const;
const CHART = join(root, 'deploy', 'helm', 'kuaipei');
const VALUES = readdirSync(join(CHART, 'ci'));
/** The validator knows Kubernetes' own kinds; of these operators' kinds we look at what they point to. */
const OF_OPERATORS = ['ScaledObject', 'TriggerAuthentication', 'PodMonitor', 'PrometheusRule'];

interface Container { command: string[]; envFrom?: unknown; env: Array<{ name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }>; securityContext: Record<string, unknown>; resources: { limits: { memory: string } }; readinessProbe?: unknown; livenessProbe?: unknown }
interface PodSpec { securityContext: Record<string, unknown>; automountServiceAccountToken: boolean; containers: [Container]; topologySpreadConstraints?: unknown[] }
interface Manifest { kind: string; metadata: { name: string }; data?: Record<string, string>; spec: { template?: { spec: PodSpec }; scaleTargetRef?: { name: string }; triggers?: Array<{ metadata: { taskQueue: string } }> } }

let helm: string;
let validate: string;
let folder: string;
beforeAll(async () => {
  helm = (await findGoProgram(HELM, (words) => { process.stderr.write(`  ${words}\n`); })).path;
  const venv = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kuaipei', 'kubernetes-validate');
  validate = join(venv, 'bin', 'kubernetes-validate');
  if (!(await run(validate, ['--version']).then(({ stdout }) => stdout.includes(VALIDATE), () => false))) {
    await run('python3', ['-m', 'venv', venv]);
    await run(join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', `kubernetes-validate==${VALIDATE}`]);
  }
  folder = await mkdtemp(join(tmpdir(), 'kuaipei-chart-'));
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const given = (file: string): string[] => ['-f', join(CHART, 'ci', file)];
const rendered = async (file: string, kubernetes: string = KUBERNETES[1]): Promise<string> => (await run(helm, ['template', 'k', CHART, '--namespace', 'claims', '--kube-version', kubernetes, ...given(file)])).stdout;
const manifests = async (file: string): Promise<Manifest[]> => parseAllDocuments(await rendered(file)).map((one) => one.toJS() as Manifest).filter((one) => one !== null);
const podsOf = (all: readonly Manifest[]): PodSpec[] => all.flatMap(({ spec }) => (spec?.template ? [spec.template.spec] : []));

describe.each(VALUES)('a Helm chart, "checked by helm lint, helm template and a schema validator": %s', (file) => {
  test('helm lint finds nothing', async () => {
    for (const version of KUBERNETES) expect((await run(helm, ['lint', '--strict', '--kube-version', version, CHART, ...given(file)])).stdout).toContain('0 chart(s) failed');
  });

  test.each(KUBERNETES)('every object is valid by the schemas of Kubernetes %s', async (version) => {
    const path = join(folder, `${file}-${version}`);
    await writeFile(path, await rendered(file, version));
    const { stdout, stderr } = await run(validate, ['--strict', '-k', version.replace(/\.0$/, ''), path]);
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
    expect(lines.filter((line) => !line.includes(' passed for resource ') && !OF_OPERATORS.some((kind) => line.includes(`for kind ${kind} `)))).toEqual([]);
    expect(lines.some((line) => line.includes('deployment/k-api'))).toBe(true);
  }, 60_000);

  test('each process starts with what it is given, and sees of the Secret only what is its own', async () => {
    const all = await manifests(file);
    const config = all.find(({ kind }) => kind === 'ConfigMap')!.data!;
    for (const { containers: [container] } of podsOf(all)) {
      const environment = {
        ...(container.envFrom ? config : {}),
        ...Object.fromEntries(container.env.map(({ name, value }) => [name, value ?? (name.endsWith('_URL') ? 'postgresql://kuaipei:x@postgres:5432/kuaipei' : `${name}-0123456789abcdef0123456789abcdef`)])),
      };
      const [main, read] = ([['api/main', readApiConfig], ['worker', readWorkerConfig], ['migrate-main', readMigrationConfig]] as const).find(([name]) => container.command.join(' ').includes(name))!;
      expect(() => read(environment)).not.toThrow();
      const secrets = container.env.flatMap(({ valueFrom }) => (valueFrom ? [valueFrom.secretKeyRef.key] : []));
      expect(secrets.includes('DATABASE_URL')).toBe(main === 'migrate-main');
      expect(secrets.includes('PATIENT_SESSION_SECRET')).toBe(main === 'api/main');
    }
    const done = podsOf(all).flatMap(({ containers: [{ env }] }) => env.flatMap(({ name, value }) => (name === 'WORKER_KINDS' ? value!.split(',') : [])));
    expect([...new Set(done)].sort()).toEqual([...WORK_KINDS].sort());
  });

  test('nobody is root, nothing of the image can be written, memory is bounded, machines are spread', async () => {
    const pods = podsOf(await manifests(file));
    expect(pods.length).toBeGreaterThan(2);
    for (const { securityContext, automountServiceAccountToken, containers: [container], topologySpreadConstraints } of pods) {
      expect([securityContext['runAsNonRoot'], automountServiceAccountToken, container.securityContext]).toEqual([true, false, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }]);
      expect(container.resources.limits.memory).toMatch(/^\d+[MG]i$/);
      if (!container.command.join().includes('migrate')) expect([topologySpreadConstraints?.length, container.livenessProbe]).toEqual([2, expect.anything()]);
    }
  });

  test('what scales by backlog scales a Deployment of ours by a queue of ours', async () => {
    const all = await manifests(file);
    const scaled = all.filter(({ kind }) => kind === 'ScaledObject');
    if (file.startsWith('everything')) expect(scaled).toHaveLength(3);
    for (const { spec: { scaleTargetRef, triggers } } of scaled) {
      expect(all.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === scaleTargetRef!.name)).toHaveLength(1);
      for (const { metadata } of triggers!) expect(WORK_KINDS).toContain(metadata.taskQueue);
    }
  });
});

test('what must be given and is not is named', async () => {
  await expect(run(helm, ['template', 'k', CHART, '--kube-version', KUBERNETES[1]])).rejects.toThrow(/secretName.*minLength|\/secretName/s);
  await expect(run(helm, ['template', 'k', CHART, '--kube-version', KUBERNETES[1], ...given('least-values.yaml'), '--set', 'workers.claims.kinds=nonsense'])).rejects.toThrow(/kinds/);
});
