/** The rules of a claim: SPEC §1 as pure functions and data. */
export * from './clocks';
export * from './commands';
export { mayHold } from './commands/tasks';
export * from './decide';
export * from './documents';
export * from './events';
export { evolve } from './evolve';
export { owed } from './follow';
export * from './ladders';
export * from './messages';
export * from './notices';
export * from './people';
export * from './reasons';
export * from './refusals';
export * from './stages';
export * from './state';
export type { Text } from './text';
export * from './tiers';
