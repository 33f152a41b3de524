/** The workflows of the platform, as bundled for the worker. Each name here is a workflow type in Temporal. */
export { anchor } from './anchor';
export { claim } from './claim';
export { reconcile } from './reconciliation';
export { retention } from './retention';
