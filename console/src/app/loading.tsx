/** What stands where something is being read; it shows after a moment, so that quick answers do not flicker. */
export function Loading() {
  return <div className="loading" aria-busy="true" role="status"><i /><i /><i /><i /></div>;
}
