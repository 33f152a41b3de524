/** A bundle in which the claim's workflow is missing. */
export async function somethingElse(): Promise<void> {
  // Never started.
}
