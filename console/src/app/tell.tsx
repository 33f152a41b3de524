import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

type Kind = 'success' | 'info' | 'warning' | 'error';
/** Says something for so many seconds. */
type Say = (text: string, seconds?: number) => void;
/** Short words about what was just done; what must not be missed stands on the screen itself instead. */
type Tell = Record<Kind, Say>;
const TellContext = createContext<Tell | null>(null);

interface Told { id: number; kind: Kind; text: string }
const MOST = 3;
const SECONDS = 3;

export function TellProvider({ children }: { children: ReactNode }) {
  const [told, setTold] = useState<readonly Told[]>([]);
  const box = useRef<HTMLDivElement>(null);
  const next = useRef(0);
  const tell = useMemo((): Tell => {
    const say = (kind: Kind): Say => (text, seconds = SECONDS) => {
      const id = next.current++;
      setTold((before) => [...before, { id, kind, text }].slice(-MOST));
      window.setTimeout(() => { setTold((before) => before.filter((one) => one.id !== id)); }, seconds * 1000);
    };
    return { success: say('success'), info: say('info'), warning: say('warning'), error: say('error') };
  }, []);
  // Shown anew it lies above a dialog that was opened since.
  useEffect(() => {
    box.current?.hidePopover();
    box.current?.showPopover();
  }, [told.at(-1)?.id]);
  return (
    <TellContext value={tell}>
      {children}
      <div ref={box} popover="manual" className="told" role="status">{told.map(({ id, kind, text }) => <p key={id} data-kind={kind}>{text}</p>)}</div>
    </TellContext>
  );
}

export function useTell(): Tell {
  const tell = useContext(TellContext);
  if (!tell) throw new Error('there is no TellProvider above');
  return tell;
}
