import { isGrpcServiceError } from '@temporalio/client';

/** Those of gRPC's status codes that mean something here. */
const CODES: Record<number, string> = { 4: 'DEADLINE_EXCEEDED', 5: 'NOT_FOUND', 9: 'FAILED_PRECONDITION', 14: 'UNAVAILABLE' };

/** The status by name (or number) of an error that came from Temporal's server or from the way there, however wrapped; null for any other error. */
export function grpcCode(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause)) return CODES[cause.code] ?? String(cause.code);
  }
  return null;
}
