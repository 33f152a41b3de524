/** All that chance decides in a storm, drawn from one seed: which part is killed when and for how long, which way each claim takes, what its people do twice. */
import { createHash } from 'node:crypto';
import type { Part } from '../../support/stack';

/** Draws from [0, 1); the same seed draws the same numbers. */
export type Chance = () => number;

/** Mulberry32, begun at a digest of the words, so that draws for one thing do not move when another draws more. */
export function chanceOf(...words: Array<string | number>): Chance {
  let a = createHash('sha256').update(words.join('/')).digest().readUInt32LE(0);
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const between = (chance: Chance, from: number, to: number): number => Math.floor(from + chance() * (to - from));
export const oneOf = <T>(chance: Chance, list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;

/** A key as a client makes one, but the same in every run of a seed. */
export function keyFrom(chance: Chance): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(chance() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export const PARTS: readonly Part[] = ['api', 'worker', 'postgres', 'temporal'];

/** Some parts are killed with `kill -9`, each so long after the gust has begun, and stay away so long; when all serve again it is calm for a while. In ms. */
export interface Gust { blows: Array<{ part: Part; afterMs: number; awayMs: number }>; calmMs: number }

/** The gusts of a seed, without end. The first meet each part alone, so that a short storm has met them all; later ones often meet several, one while another is coming back. */
export function gustsOf(seed: number): () => Gust {
  const chance = chanceOf(seed, 'gusts');
  let first = shuffled(chance, PARTS);
  return () => {
    const opening = first.length > 0;
    const [part, ...rest] = first;
    first = rest;
    const parts = opening ? [part!] : shuffled(chance, PARTS).slice(0, oneOf(chance, [1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4]));
    return {
      blows: parts.map((one, i) => ({ part: one, afterMs: i === 0 ? 0 : between(chance, 0, 4_000), awayMs: opening || chance() < 0.85 ? between(chance, 50, 1_500) : between(chance, 1_500, 10_000) })),
      calmMs: opening ? between(chance, 300, 2_000) : between(chance, 2_000, 30_000),
    };
  };
}

const shuffled = <T>(chance: Chance, list: readonly T[]): T[] => list.map((one) => ({ one, at: chance() })).sort((a, b) => a.at - b.at).map(({ one }) => one);

/** The ways a claim can take; `facts` ends once the facts are submitted. */
export const JOURNEYS = ['straight-through', 'ordinary', 'supplement', 'returned', 'payee-fault', 'disputed', 'withdrawn', 'facts'] as const;
export type Journey = (typeof JOURNEYS)[number];

/** One claim of the storm: `n` tells its patient from others, `seed` decides all that its people do. */
export interface PlannedClaim { n: number; journey: Journey; seed: string }

export const claimOf = (seed: number, n: number, only?: Journey): PlannedClaim =>
  ({ n, journey: only ?? oneOf(chanceOf(seed, 'way', n), JOURNEYS.slice(0, -1)), seed: `${seed}/claim/${n}` });

/** One digest of what a seed plans: two runs with the same one were dealt the same. */
export function digestOf(seed: number): string {
  const next = gustsOf(seed);
  return createHash('sha256').update(JSON.stringify([Array.from({ length: 100 }, next), Array.from({ length: 1_000 }, (_, n) => claimOf(seed, n))])).digest('hex').slice(0, 16);
}
