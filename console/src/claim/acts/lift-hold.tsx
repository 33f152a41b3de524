import { useTranslation } from 'react-i18next';
import { useRules } from '../../api/rules';
import { instantWords } from '../../words/time';
import { useLanguage, useWords } from '../../words/use-words';
import { Choices, NoteField } from './fields';
import { useActDraft, type ActFormProps } from './form';
import { ActFrame } from './frame';

export default function LiftHold({ claim, about = '', onDone }: ActFormProps) {
  const { t } = useTranslation('retention');
  const words = useWords();
  const language = useLanguage();
  const rules = useRules();
  const holds = (claim.retention.holds ?? []).filter((hold) => hold.mayLift);
  const draft = useActDraft(claim, 'lift-hold', { holdId: holds.length === 1 ? holds[0]!.holdId : about === '' ? null : about, note: '' }, about);
  const { holdId, note } = draft.value;
  return (
    <ActFrame claim={claim} command="lift-hold" draft={draft} guarded harm={t('harm')} onDone={onDone} valid={holdId !== null && note.trim() !== ''} body={holdId === null ? null : { holdId, note }}>
      <Choices legend={t('which')} name="hold" value={holdId} onChange={(value) => { draft.set({ holdId: value, note }); }} options={holds.map((hold) => {
        const reason = rules?.holdReasons.find((one) => one.code === hold.reason)?.title;
        return { value: hold.holdId, label: reason ? words(reason) : hold.reason, hint: [claim.names[hold.by] ?? t('someone'), instantWords(hold.at, language)].join(' · ') };
      })} />
      <NoteField required label={t('why')} value={note} onChange={(value) => { draft.set({ holdId, note: value }); }} />
    </ActFrame>
  );
}
