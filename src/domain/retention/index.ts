/** How long what is personal is kept, what holds it, and what is then erased (issue 5 part 4; SPEC §3: the log stays). */
export * from './due';
export * from './rules';
export { keptInWords } from './words';
