/**
 * DESIGN idea 3: each act that a person or a system can do to a claim is one row. From it come the Update and its validator,
 * the place in the Signal, the API route, the OpenAPI path, the list of what is allowed, and the permission tests.
 */
import type * as z from 'zod';
import type { EventBody } from '../events';
import type { Actor, Role, SystemName } from '../people';
import type { Refusal } from '../refusals';
import type { Stage } from '../stages';
import type { ClaimState } from '../state';
import type { Text } from '../text';

/** What an act knows besides the claim and its own body. `at` is the server's receipt, `actId` the id its maker gave it. */
export interface ActContext {
  actor: Actor;
  at: string;
  actId: string;
  /** Person who proposed the act, when a second person's confirmation makes it take effect. */
  proposedBy?: string;
}

export interface CommandRow<I> {
  title: Text;
  /** What it causes, said before it is done. */
  causes: Text;
  schema: z.ZodType<I>;
  /** Who may: roles of people, or the one system whose fact it is. */
  by: readonly Role[] | SystemName;
  stages: readonly Stage[];
  /** Four eyes: the persons who may not do this, because they did the other half. */
  apart?: (state: ClaimState) => ReadonlyArray<string | null | undefined>;
  /** Judging a claim: in a later round only people who have not seen it (SPEC §1.1). */
  judges?: true;
  /** Needs a second person: who, when not always, and whether only of the first one's side. The act is proposed; its effect comes with the confirmation. */
  second?: { by: readonly Role[]; when?: (state: ClaimState, input: I, actor: Pick<Actor, 'role'>) => boolean; ownSide?: true };
  /** What must hold before anyone need fill in a form; also decides whether the act is offered. */
  available?: (state: ClaimState, ctx: ActContext) => Refusal | null;
  /** What must hold of the body. */
  check?: (state: ClaimState, input: I, ctx: ActContext) => Refusal | null;
  /** What happens. */
  effect: (state: ClaimState, input: I, ctx: ActContext) => EventBody[];
  /** A valid body, for the documentation and the tests. */
  example: I;
}

/** Declares a row; the body's type follows from its schema. */
export const command = <S extends z.ZodType>(row: Omit<CommandRow<z.infer<S>>, 'schema'> & { schema: S }): CommandRow<z.infer<S>> => row as CommandRow<z.infer<S>>;
