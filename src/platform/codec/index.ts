/** How every client and worker of ours converts data: sealed under `keys`, failures too. */
import type { DataConverter } from '@temporalio/common';
import type { KeyRing } from '../keys/key-ring';
import { createPayloadCodec } from './payload-codec';

export { UnreadablePayload } from './payload-codec';

/** For bundling: the workflows' sandbox loads it by itself. */
export const FAILURE_CONVERTER = require.resolve('./failure-converter');

export const dataConverter = (keys: KeyRing): DataConverter => ({ payloadCodecs: [createPayloadCodec(keys)], failureConverterPath: FAILURE_CONVERTER });
