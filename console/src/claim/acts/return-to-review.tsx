import { NoteField } from './fields';
import { useActDraft, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function ReturnToReview({ claim, onDone }: ActFormProps) {
  const draft = useActDraft(claim, 'return-to-review', { note: '' });
  const { note } = draft.value;
  return (
    <ActFrame claim={claim} command="return-to-review" draft={draft} guarded onDone={onDone} valid={note.trim() !== ''} body={{ note }}>
      <NoteField required value={note} onChange={(value) => { draft.set({ note: value }); }} />
    </ActFrame>
  );
}
