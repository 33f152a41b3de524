import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { EvidencePicker } from '../../desk/judging/evidence';
import { FileChanged, holds, pinOf } from '../../desk/judging/file-pin';
import { LetterPreview } from '../../desk/judging/letter-preview';
import { areWhole, BenefitLines, openLines, type OpenLine } from '../../desk/judging/lines';
import { ReasonPicker } from '../../desk/judging/reasons';
import { useWords } from '../../words/use-words';
import { Choices, NoteField } from './fields';
import { useActDraft, type ActBody, type ActFormProps } from './form';
import { ActFrame } from './frame';

type Body = ActBody<'recommend'>;
type Asked = NonNullable<NonNullable<ActFormProps['claim']['clinical']>['facts']>['benefits'];

/** Of the codes, the one that says it (SPEC §1.8, family A). */
const EX_GRATIA = 'A02';

export default function Recommend({ claim, onDone }: ActFormProps) {
  const { t } = useTranslation('desk');
  const words = useWords();
  const rules = useRules();
  const asked = claim.clinical?.facts?.benefits ?? [];
  const draft = useActDraft(claim, 'recommend', {
    decision: null as Body['decision'] | null, typed: {}, reasons: [] as Body['reasons'], evidence: [] as string[], note: '', pin: pinOf(claim),
  });
  const { decision, typed, reasons, evidence, note, pin } = draft.value;
  const change = (part: Partial<typeof draft.value>): void => { draft.set({ ...draft.value, ...part }); };
  const families = rules?.decisions.find(({ code }) => code === decision)?.families ?? [];
  const lines = linesOf(decision, asked, typed);
  const whole = areWhole(lines) ? lines : null;
  const judged = decision !== null && whole !== null ? { decision, lines: whole, reasons, exGratia: reasons.includes(EX_GRATIA) } : null;
  const current = holds(pin, claim);
  return (
    <ActFrame claim={claim} command="recommend" draft={draft} onDone={onDone} valid={judged !== null && reasons.length > 0 && current} missing={t(current ? 'recommend.missing' : 'pin.first')}
      body={judged && { ...judged, evidence, fileVersion: pin.fileVersion, ...(note.trim() === '' ? {} : { note }) }}>
      <Choices legend={t('recommend.decision')} name="recommend-decision" value={decision} options={(rules?.decisions ?? []).map(({ code, title }) => ({ value: code, label: words(title) }))}
        onChange={(value) => {
          const allowed = rules?.decisions.find(({ code }) => code === value)?.families ?? [];
          change({ decision: value, reasons: reasons.filter((code) => allowed.some((family) => family === rules?.reasons.find((one) => one.code === code)?.family)) });
        }} />
      {decision !== null && <BenefitLines lines={lines} typed={typed} {...(decision === 'part' ? { onType: (benefit, text) => { change({ typed: { ...typed, [benefit]: text } }); } } : {})} />}
      {decision !== null && families.length > 0 && <ReasonPicker required decision={decision} chosen={reasons} onChange={(codes) => { change({ reasons: codes }); }} />}
      {decision !== null && <EvidencePicker required={rules?.decisions.find(({ code }) => code === decision)?.needsEvidence ?? false} claim={claim} pinned={evidence} onChange={(documentIds) => { change({ evidence: documentIds }); }} />}
      <NoteField value={note} onChange={(value) => { change({ note: value }); }} />
      {decision !== null && <LetterPreview claim={claim} judged={judged} />}
      <FileChanged claim={claim} pin={pin} onSeen={(seen) => { change({ pin: seen }); }} />
    </ActFrame>
  );
}

/** All of it, nothing of it, or what was typed. */
function linesOf(decision: Body['decision'] | null, asked: Asked, typed: Partial<Record<Asked[number]['benefit'], string>>): OpenLine[] {
  if (decision === 'part') return openLines(asked, typed);
  return asked.map(({ benefit, askedFen }) => ({ benefit, askedFen, approvedFen: decision === 'approve' ? askedFen : 0 }));
}
