/** The content of documents, under the session's token, and tickets for what cannot send one. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { bodyOf, failureOf, send } from '../../api/client';
import { useApi } from '../../api/context';
import type { Session } from '../../session/session';
import { useSession } from '../../session/context';

/** What the server says of a content before any of it is read; `inline` false: it is only ever handed out as a file. */
export interface ContentHead { mediaType: string; bytes: number; inline: boolean }

const ask = async (session: Session, documentId: string, init: RequestInit): Promise<Response> => {
  const answer = await send(session, new Request(`${location.origin}/v1/documents/${documentId}`, init));
  if (!answer.ok) throw await failureOf(answer);
  return answer;
};

export function useContentHead(documentId: string) {
  const session = useSession();
  return useQuery({
    queryKey: ['document', documentId], staleTime: Infinity,
    queryFn: async (): Promise<ContentHead> => {
      const { headers } = await ask(session, documentId, { method: 'HEAD' });
      return { mediaType: headers.get('content-type') ?? '', bytes: Number(headers.get('content-length')), inline: (headers.get('content-disposition') ?? '').startsWith('inline') };
    },
  });
}

/** The whole content, kept by nobody but the caller, and let go with it. Asked for again by `again`. */
export function useContent(documentId: string): { content: Blob | null; error: unknown; again: () => void } {
  const session = useSession();
  const [content, setContent] = useState<Blob | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const gone = new AbortController();
    setError(null);
    setContent(null);
    ask(session, documentId, { signal: gone.signal }).then((answer) => answer.blob()).then(setContent, (problem: unknown) => { if (!gone.signal.aborted) setError(problem); });
    return () => { gone.abort(); };
  }, [session, documentId, tries]);
  return { content, error, again: useCallback(() => { setTries((n) => n + 1); }, []) };
}

/** Asks for an address that reads this document without a token, for some minutes. */
export function useTicket(documentId: string): () => Promise<string> {
  const api = useApi();
  return useCallback(async () => bodyOf(await api.POST('/v1/documents/{id}/ticket', { params: { path: { id: documentId } } })).url, [api, documentId]);
}

/** Hands a document out as a file, under its own name. */
export function useDownload(documentId: string): () => Promise<void> {
  const ticket = useTicket(documentId);
  return useCallback(async () => {
    const link = document.createElement('a');
    link.href = await ticket();
    link.download = '';
    link.click();
  }, [ticket]);
}
