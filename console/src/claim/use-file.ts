import { useState } from 'react';
import { failureOf, send } from '../api/client';
import { useSession } from '../session/context';

/** A file that the server gave: its address in this browser, the name it came under, and whether it may be shown in place. */
export interface GivenFile { url: string; name: string | null; inline: boolean }

/** A browser still reads the address after the click. */
const KEPT_MS = 600_000;

/** Asks for a file under the session's token, one at a time. `fetchFile` hands it to `give`, or calls `lost` when there is none; the failure stays in `error`. */
export function useFile() {
  const session = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function fetchFile(path: string, give: (file: GivenFile) => void, lost?: () => void): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      const answer = await send(session, new Request(`${location.origin}${path}`));
      if (!answer.ok) throw await failureOf(answer);
      const url = URL.createObjectURL(await answer.blob());
      const disposition = answer.headers.get('content-disposition') ?? '';
      give({ url, name: /filename="([^"]+)"/.exec(disposition)?.[1] ?? null, inline: disposition.startsWith('inline') });
      window.setTimeout(() => { URL.revokeObjectURL(url); }, KEPT_MS);
    } catch (failure) {
      lost?.();
      setError(failure);
    } finally {
      setBusy(false);
    }
  }
  return { busy, error, fetchFile };
}

/** Keeps what stands at that address on the device. */
export function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
