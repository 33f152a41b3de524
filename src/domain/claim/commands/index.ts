/** The table of commands (DESIGN idea 3): every act that a person or a system can do to a claim. */
import { endingCommands } from './ending';
import { fileCommands } from './file';
import { judgementCommands } from './judgement';
import { paymentCommands } from './payment';
import { retentionCommands } from './retention';
import type { CommandRow } from './row';
import { supplementCommands } from './supplement';
import { taskCommands } from './tasks';

const table = { ...fileCommands, ...supplementCommands, ...judgementCommands, ...paymentCommands, ...endingCommands, ...retentionCommands, ...taskCommands };

export type CommandName = keyof typeof table;
/** The body that a command takes, as parsed. */
export type CommandInput<C extends CommandName> = (typeof table)[C] extends CommandRow<infer I> ? I : never;

export const COMMANDS = table as unknown as Record<CommandName, CommandRow<unknown>>;
export const COMMAND_NAMES = Object.keys(table) as CommandName[];
/** Acts of people: each is a route of the API. The others are facts that only systems state. */
export const isPersonsAct = (name: CommandName): boolean => Array.isArray(COMMANDS[name].by);
export const PERSONS_ACTS = COMMAND_NAMES.filter(isPersonsAct);
export const isCommand = (name: string): name is CommandName => Object.hasOwn(table, name);
export type { ActContext, CommandRow } from './row';
