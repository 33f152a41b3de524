/** One thing wrong with a bundle: where (path in the posted JSON), which rule, and what to do. Never quotes the value found. */
export interface IntakeProblem { path: string; rule: string; message: string }

/** Thrown when a bundle cannot be read: nothing of it may be taken. At most 20 problems, in the order of the bundle. */
export class IntakeRefused extends Error {
  constructor(readonly problems: readonly IntakeProblem[]) {
    super(problems.map((problem) => `${problem.path}: ${problem.message}`).join('; '));
    this.name = 'IntakeRefused';
  }
}

/** Refuses the bundle for a single reason. */
export function refuse(path: string, rule: string, message: string): never {
  throw new IntakeRefused([{ path, rule, message }]);
}
