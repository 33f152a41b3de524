import { useKeys } from '../app/keys';
import type { CommandName } from './acts/form';
import { useNames } from './names';

/** Digits are free on the claim's page and its desk. */
const DIGITS = 9;

/**
 * The acts of a claim by keyboard, the same on its page and on its desk: `e` begins what fulfils the reader's task, 1 to 9 begin the acts in the
 * order in which they stand there, and the palette finds every one by its name.
 */
export function useActKeys(primary: CommandName | null, acts: readonly CommandName[], begin: (command: CommandName) => void): void {
  const name = useNames();
  useKeys([
    ...(primary === null ? [] : [{ key: 'e', does: name('commands', primary), run: () => { begin(primary); } }]),
    ...acts.map((command, at) => ({ key: at < DIGITS ? String(at + 1) : null, does: name('commands', command), run: () => { begin(command); } })),
  ]);
}
