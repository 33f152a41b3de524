import { DefaultFailureConverter } from '@temporalio/common';

/** Messages and stacks of failures go through the codec like everything else; loaded by path, also inside the workflows' bundle. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
