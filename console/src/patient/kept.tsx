import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useKeptActs, useQueue } from '../queue/context';
import { useFiles, useKeptFiles } from '../upload/context';
import { FOR_THE_FILE } from '../upload/files';
import { useWords } from '../words/use-words';
import { purposeOf } from './asked';
import type { Claim } from './claim';

/** What this phone keeps for the claim: not sent yet, or not taken by the server, with its words. Nothing is dropped unseen. */
export function KeptHere({ claim }: { claim: Claim }) {
  const { t } = useTranslation('patient');
  const words = useWords();
  const queue = useQueue();
  const files = useFiles();
  const acts = useKeptActs().filter((act) => act.claimNo === claim.claimNo);
  // Where a paper is still asked for, its refused files stand beside it.
  const open = claim.clinical?.supplements.filter((request) => request.endedAt === null).flatMap((request) => request.items.filter((item) => item.answer === null).map(purposeOf)) ?? [];
  const left = useKeptFiles().filter((file) => file.claimNo === claim.claimNo && file.state === 'refused' && file.purpose !== FOR_THE_FILE && !open.includes(file.purpose));
  const waiting = acts.filter((act) => act.state === 'waiting').length;
  return (
    <>
      {waiting > 0 && <p className="patient-part patient-note no-print" role="status">{t('kept.waiting', { count: waiting })}</p>}
      {acts.filter((act) => act.state === 'refused').map((act) => (
        <div key={act.id} className="patient-part patient-note no-print" role="alert">
          <p><b>{t('kept.refused')}</b> {act.problem ? words(act.problem.text) : t('app:failure.unknown')}</p>
          <Button size="large" onClick={() => { void queue.forget(act.id); }}>{t('kept.seen')}</Button>
        </div>
      ))}
      {left.map((file) => (
        <div key={file.id} className="patient-part patient-note no-print" role="alert">
          <p><b>{t('kept.file', { name: file.fileName })}</b> {file.problem ? words(file.problem.text) : t('files.failed')}</p>
          <Button size="large" onClick={() => { void files.remove(file.id); }}>{t('kept.seen')}</Button>
        </div>
      ))}
    </>
  );
}
