/** What the forms of acts share: their props, the types of their bodies, and the draft that each keeps. */
import type { components, operations } from '../../api/schema';
import { useRules } from '../../api/rules';
import { useDraft } from '../../queue/use-draft';

export type ClaimView = components['schemas']['Claim'];
export type CommandName = components['schemas']['CommandName'];
/** The body of an act, as the server takes it. */
export type ActBody<C extends CommandName> = operations[C]['requestBody']['content']['application/json'];

export interface ActFormProps {
  claim: ClaimView;
  /** The task, proposal, item, document or payment that the form was opened for; the form asks where it is absent and there are several. */
  about?: string;
  /** The act was sent, or is kept until it can be. */
  onDone: () => void;
}

/** The draft of an act on a claim: survives a closed tab, and is cleared by `ActFrame` once the act was sent. */
export const useActDraft = <T>(claim: ClaimView, command: CommandName, initial: T, about = '') => useDraft<T>(`act ${claim.claimNo} ${command} ${about}`.trim(), initial);

/** How the catalogue of rules names an act, in both languages, and what it says it causes; undefined until the catalogue is here. */
export function useCommand(command: CommandName) {
  return useRules()?.commands.find((one) => one.name === command);
}

/** A body with the note that was typed, if any. */
export const withNote = <T extends object>(body: T, note: string): T & { note?: string } => (note.trim() === '' ? body : { ...body, note });
