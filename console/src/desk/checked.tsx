import { createContext, use, type ReactNode } from 'react';
import { useDraft } from '../queue/use-draft';

/** Papers that the reader has marked as checked, kept on this device; on the desk, papers and judgement look at the same. */
export interface Checked { value: readonly string[]; set: (documentIds: string[]) => void }

const CheckedPapers = createContext<Checked | null>(null);
const useKept = (claimNo: string): Checked => useDraft<string[]>(`checked ${claimNo}`, []);

export function CheckedOf({ claimNo, children }: { claimNo: string; children: ReactNode }) {
  return <CheckedPapers value={useKept(claimNo)}>{children}</CheckedPapers>;
}

export function useChecked(claimNo: string): Checked {
  const shared = use(CheckedPapers);
  const own = useKept(claimNo);
  return shared ?? own;
}
