import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** Those of gRPC's status codes that mean something here. */
const CODES: Record<number, string> = { 4: 'DEADLINE_EXCEEDED', 5: 'NOT_FOUND', 14: 'UNAVAILABLE' };

/** The status by name (or number) of an error that came from Temporal's server or from the way there, bare or wrapped; null for any other error. */
export function grpcCode(error: unknown): string | null {
  const inner = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(inner) ? CODES[inner.code] ?? String(inner.code) : null;
}
