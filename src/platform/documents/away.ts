/** Statuses of a storage that speak of the moment: it took too long, or too much is asked of it. */
const NOT_NOW = [408, 429];

/** Does this failure mean that the S3 storage cannot be reached, or does not want to now, so that trying again later makes sense? The AWS SDK marks whatever it throws. */
export function isStoreAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return false;
  const { httpStatusCode: status } = error.$metadata as { httpStatusCode?: number };
  return status === undefined || status >= 500 || NOT_NOW.includes(status);
}
