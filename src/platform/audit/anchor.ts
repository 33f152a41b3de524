/**
 * The line of the signed ledger, and the tree under its root. Text in, hex out, with no hash function of its own: a verifier elsewhere
 * does the same. A tree, because a claim's place under the root can be shown without showing the claims of others.
 */
import { canonicalJson } from './canonical';
import type { Hashes } from './judge';

/** The last event of a claim. */
export interface Head { claimNo: string; version: number; hash: string }

/** One line: what was true of all claims at `at`. `claims`: how many the ledger knows with this line; `changed`: heads in it; `root` over those, in the order of claim numbers. */
export interface AnchorLine { seq: number; prevHash: string; at: string; claims: number; changed: number; root: string; keyId: string }

/** What outsiders are told of a line. They can check `signature` with the public key alone, and later that the ledger still says `hash`. */
export interface ToldAnchor { seq: number; at: string; hash: string; signature: string }

type Sha256 = Hashes['sha256'];

/** What the first line follows. */
export const NO_LINE = '0'.repeat(64);

/** The hash of a line; times as ISO strings in UTC with milliseconds. */
export function anchorHash(sha256: Sha256, { seq, prevHash, at, claims, changed, root, keyId }: AnchorLine): string {
  return sha256(canonicalJson({ seq, prevHash, at, claims, changed, root, keyId }));
}

/** The text that is signed. */
export const signedText = ({ seq, at, hash }: Pick<ToldAnchor, 'seq' | 'at' | 'hash'>): string => `kuaipei anchor ${seq} ${at} ${hash}`;

/** A leaf and a node can never be taken for each other. */
export const leafOf = (sha256: Sha256, { claimNo, version, hash }: Head): string => sha256(`head ${canonicalJson({ claimNo, version, hash })}`);
const nodeOf = (sha256: Sha256, left: string, right: string): string => sha256(`node ${left} ${right}`);

/** The root over these heads and, for each, its path: the neighbours on the way up, `<` left or `>` right of it. A node without a neighbour rises as it is. */
export function treeOf(sha256: Sha256, heads: readonly Head[]): { root: string; paths: string[][] } {
  let level = heads.map((head) => leafOf(sha256, head));
  if (level.length === 0) return { root: sha256(''), paths: [] };
  const paths: string[][] = heads.map(() => []);
  for (let height = 0; level.length > 1; height += 1) {
    for (const [index, path] of paths.entries()) {
      const at = Math.floor(index / 2 ** height);
      const neighbour = level[at ^ 1];
      if (neighbour !== undefined) path.push(`${at % 2 === 0 ? '>' : '<'}${neighbour}`);
    }
    const above: string[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left = '', right] = level.slice(at, at + 2);
      above.push(right === undefined ? left : nodeOf(sha256, left, right));
    }
    level = above;
  }
  return { root: level[0]!, paths };
}

/** The root that a head and its path lead to. */
export const rootFrom = (sha256: Sha256, head: Head, path: readonly string[]): string =>
  path.reduce((node, step) => (step.startsWith('<') ? nodeOf(sha256, step.slice(1), node) : nodeOf(sha256, node, step.slice(1))), leafOf(sha256, head));
