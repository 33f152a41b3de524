import { SpanKind } from '@opentelemetry/api';
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor, type WorkflowClientInterceptor } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NAMESPACE } from '../domain/claim';
import { dataConverter } from './codec';
import type { KeyRing } from './keys/key-ring';
import { inSpan } from './tracing';

/** Attempts of one call before it counts as unanswered: a person waits behind it. */
const ATTEMPTS = 3;

/**
 * A client that connects when it is first needed, so that a process starts while Temporal is away; address, namespace and TLS by the
 * SDK's own environment configuration; what it sends is sealed under `keys`. Close `client.connection` in the end.
 */
export function createTemporalClient(environment: NodeJS.ProcessEnv, keys: KeyRing): Client {
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: environment as Record<string, string> });
  const connection = Connection.lazy({ ...connectionOptions, connectTimeout: '3s', interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: ATTEMPTS }))] });
  return new Client({ connection, namespace: namespace ?? NAMESPACE, dataConverter: dataConverter(keys), interceptors: { workflow: [traced] } });
}

/** What a request asks of a process, as spans below it; an update's lasts until the process has answered. Headers stay as they are: nothing enters a history. */
const traced: WorkflowClientInterceptor = {
  startUpdate: (input, next) => inSpan(`update ${input.updateName}`, { kind: SpanKind.CLIENT }, () => next(input)),
  signal: (input, next) => inSpan(`signal ${input.signalName}`, { kind: SpanKind.CLIENT }, () => next(input)),
  signalWithStart: (input, next) => inSpan(`signal ${input.signalName}`, { kind: SpanKind.CLIENT }, () => next(input)),
};
