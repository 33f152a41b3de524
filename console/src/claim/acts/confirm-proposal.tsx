import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../session/context';
import { NoteField } from './fields';
import { useActDraft, withNote, type ActFormProps } from './form';
import { ActFrame } from './frame';
import { Proposed, ProposalChoice } from './proposal';

export default function ConfirmProposal({ claim, about, onDone }: ActFormProps) {
  const { t } = useTranslation('claim');
  const { person, role } = useSession();
  const proposals = (claim.assessment?.proposals ?? claim.amounts?.proposals ?? []).filter((one) => one.by !== person?.personId && one.roles.some((each) => each === role));
  const [chosen, setChosen] = useState(about ?? null);
  const proposal = proposals.find((one) => one.proposalId === chosen) ?? (proposals.length === 1 ? proposals[0] : undefined);
  const draft = useActDraft(claim, 'confirm-proposal', '', about);
  const note = draft.value;
  return (
    <ActFrame claim={claim} command="confirm-proposal" draft={draft} guarded onDone={onDone} valid={proposal !== undefined} body={proposal ? withNote({ proposalId: proposal.proposalId }, note) : null}>
      <ProposalChoice claim={claim} proposals={proposals} value={chosen} onChange={setChosen} />
      {proposal ? <Proposed claim={claim} proposal={proposal} /> : proposals.length === 0 && <p>{t('form.proposal.none')}</p>}
      <NoteField value={note} onChange={draft.set} />
    </ActFrame>
  );
}
