import { z } from 'zod';
import { type IntakeProblem, IntakeRefused, refuse } from './refused';
import { type Reference, RESOURCES, type Resource, type ResourceType } from './resources';

/** Twenty thousand entries are a long life in hospital; more is refused before anything in them is read. */
const MAX_ENTRIES = 20_000;
const MAX_PROBLEMS = 20;

const envelope = z.object({
  resourceType: z.literal('Bundle'),
  entry: z.array(z.unknown()).max(MAX_ENTRIES, `at most ${MAX_ENTRIES} entries: send the bundle in parts, each with its Patient`),
});
const entryShape = z.object({
  fullUrl: z.string().max(500).optional(),
  resource: z.object({ resourceType: z.string().max(100) }).loose().optional(),
});

/** A resource and where it stands in the posted JSON. */
export interface Found<T extends ResourceType> { path: string; key: string; resource: Resource<T> }

/** The bundle as intake sees it: resources by type, once each, and references that can be followed. */
export interface OpenBundle {
  all<T extends ResourceType>(type: T): ReadonlyArray<Found<T>>;
  /** The resource a reference means, if the bundle holds exactly one such. */
  follow<T extends ResourceType>(type: T, reference: Reference | undefined): Found<T> | undefined;
}

/**
 * Reads the envelope and the resource types that count. The same resource twice is one; two versions of one resource are refused.
 * @throws IntakeRefused naming each offending path.
 */
export function openBundle(json: unknown): OpenBundle {
  const problems: IntakeProblem[] = [];
  const entries = check(envelope, json, 'Bundle', problems)?.entry ?? [];
  const byType = new Map<ResourceType, Map<string, Found<ResourceType>>>();
  const byReference = new Map<string, Found<ResourceType> | 'ambiguous'>();

  for (const [index, raw] of entries.entries()) {
    if (problems.length >= MAX_PROBLEMS) break;
    const entry = check(entryShape, raw, `entry[${index}]`, problems);
    const type = entry?.resource?.resourceType;
    if (!isRead(type)) continue;
    const path = `entry[${index}].resource`;
    const resource = check<Resource<ResourceType>>(RESOURCES[type], entry?.resource, path, problems);
    if (resource === undefined) continue;

    const key = `${type}/${resource.id ?? entry?.fullUrl ?? `#${index}`}`;
    const found: Found<ResourceType> = { path, key, resource };
    const sameType = byType.get(type) ?? new Map<string, Found<ResourceType>>();
    byType.set(type, sameType);
    const twin = sameType.get(key);
    if (twin !== undefined) {
      if (JSON.stringify(twin.resource) !== JSON.stringify(resource)) {
        problems.push({ path, rule: 'one-version', message: `differs from ${twin.path}, which has the same id: send the current version only` });
      }
    }
    const kept = twin ?? found;
    sameType.set(key, kept);
    for (const name of namesOf(type, kept, entry?.fullUrl)) {
      byReference.set(name, (byReference.get(name) ?? kept) === kept ? kept : 'ambiguous');
    }
  }
  if (problems.length > 0) throw new IntakeRefused(problems.slice(0, MAX_PROBLEMS));

  return {
    // Kept under its own type above, so the cast only restores what the Map forgot.
    all: <T extends ResourceType>(type: T) => [...(byType.get(type)?.values() ?? [])],
    follow: <T extends ResourceType>(type: T, reference: Reference | undefined) => {
      for (const name of wantedBy(type, reference)) {
        const found = byReference.get(name);
        if (found !== undefined && found !== 'ambiguous') return found;
      }
      return undefined;
    },
  };
}

/** The one patient of the bundle. */
export function onlyPatient(bundle: OpenBundle): Found<'Patient'> {
  const [patient, second] = bundle.all('Patient');
  if (patient === undefined) refuse('entry', 'one-patient', 'the bundle holds no Patient: send the patient with the record');
  if (second !== undefined) refuse(second.path, 'one-patient', 'the bundle holds a second Patient: send one bundle for each');
  return patient;
}

function isRead(type: string | undefined): type is ResourceType {
  return type !== undefined && Object.hasOwn(RESOURCES, type);
}

/** Every way the bundle's own references may name a resource: fullUrl, Type/id, and Type?identifier=system|value. */
function namesOf(type: ResourceType, found: Found<ResourceType>, fullUrl: string | undefined): Set<string> {
  const names = new Set<string>();
  if (fullUrl !== undefined) names.add(`${type} ${fullUrl}`);
  if (found.resource.id !== undefined) names.add(`${type} ${type}/${found.resource.id}`);
  for (const { system, value } of 'identifier' in found.resource ? found.resource.identifier : []) {
    if (value !== undefined) names.add(`${type} ${type}?identifier=${system ?? ''}|${value}`);
  }
  return names;
}

function* wantedBy(type: ResourceType, reference: Reference | undefined): Generator<string> {
  const written = reference?.reference;
  if (written !== undefined) {
    yield `${type} ${written}`;
    // An absolute or versioned reference still ends in Type/id.
    const tail = /(?:^|\/)([A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(written)?.[1];
    if (tail !== undefined) yield `${type} ${tail}`;
  }
  const { system, value } = reference?.identifier ?? {};
  if (value !== undefined) yield `${type} ${type}?identifier=${system ?? ''}|${value}`;
}

/** Parses, and notes each offence with its path; zod's messages name types and limits, never the value. */
function check<T>(schema: z.ZodType<T>, value: unknown, at: string, problems: IntakeProblem[]): T | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues.slice(0, MAX_PROBLEMS)) {
    const path = issue.path.reduce<string>((left, step) => (typeof step === 'number' ? `${left}[${step}]` : `${left}.${String(step)}`), at);
    problems.push({ path, rule: issue.code, message: issue.message });
  }
  return undefined;
}
