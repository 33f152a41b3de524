import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What the tests read of a service of docker-compose.yml. */
export interface Service {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  networks: string[] | Record<string, unknown>;
  volumes?: string[];
  ports?: string[];
  restart?: string;
  read_only?: boolean;
  healthcheck?: unknown;
  deploy?: { resources: { limits: { cpus: string; memory: string } } };
}

export const root = join(__dirname, '..', '..');
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

export const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service>; volumes: Record<string, unknown>; networks: Record<string, unknown> };

/** The lines of .env.example: each variable that a person fills in, and what stands there already. */
export const example = Object.fromEntries([...read('.env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));

/** A reference to a variable: `${NAME}`, `${NAME:-default}` or `${NAME:?why it is needed}`. */
export const REFERENCE = /\$\{(\w+)(?:(:[?-])([^}]*))?\}/g;

/** The environment that compose gives a service when .env says `given`. */
export function environmentOf(name: string, given: Record<string, string>): Record<string, string> {
  const interpolate = (text: string): string => text.replace(REFERENCE, (_, variable: string, sign: string | undefined, rest: string) => given[variable] || (sign === ':-' ? rest : ''));
  return Object.fromEntries(Object.entries(compose.services[name]?.environment ?? {}).map(([variable, value]) => [variable, interpolate(value)]));
}
