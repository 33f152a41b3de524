import { message } from 'antd';
import { createContext, useContext, type ReactNode } from 'react';

/** Short words about what was just done; what must not be missed stands on the screen itself instead. */
type Tell = ReturnType<typeof message.useMessage>[0];
const TellContext = createContext<Tell | null>(null);

export function TellProvider({ children }: { children: ReactNode }) {
  const [tell, holder] = message.useMessage({ maxCount: 3 });
  return <TellContext value={tell}>{holder}{children}</TellContext>;
}

export function useTell(): Tell {
  const tell = useContext(TellContext);
  if (!tell) throw new Error('there is no TellProvider above');
  return tell;
}
