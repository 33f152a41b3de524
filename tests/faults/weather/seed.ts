/** Chances that can be had again: every run says its seed, and SEED replays it. */
import type { Dice } from '../../domain/claim/walk';

/** The seed of this run: SEED, or one of its own; said, so that what failed can be had again. */
export function seedOf(about: string): number {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
  process.stdout.write(`${about}: SEED=${seed}\n`);
  return seed;
}

/** The list in another order. */
export function shuffled<T>(d: Dice, list: readonly T[]): T[] {
  const left = [...list];
  return Array.from(list, () => left.splice(d.upTo(left.length), 1)[0]!);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
