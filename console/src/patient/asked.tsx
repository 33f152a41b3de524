import { CheckCircleFilled } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { components } from '../api/schema';
import { useNames } from '../claim/names';
import type { KeptFile } from '../queue/store';
import { useDraft } from '../queue/use-draft';
import { useSendAct } from '../queue/use-send-act';
import { attachedOf } from '../upload/files';
import { dayOf, dayWords } from '../words/time';
import { useLanguage, useWords } from '../words/use-words';
import type { Claim } from './claim';
import { ChooseFiles } from './choose-files';
import { PaperPicture } from './pictures';

type Item = components['schemas']['SupplementItem'];
type Answer = { kind: 'upload'; documentIds: string[] } | { kind: 'cannot-provide'; note: string } | { kind: 'already-given'; documentId: string };

/** What files are kept for on the phone until they have answered this item. */
export const purposeOf = ({ itemId }: Item): string => `answer ${itemId}`;

/** One thing that the insurer asked the patient for (SPEC §1.7): give it, say that one cannot, or point at where it was given. */
export function Asked({ claim, item }: { claim: Claim; item: Item }) {
  const { t } = useTranslation('patient');
  const name = useNames();
  const language = useLanguage();
  const words = useWords();
  const { send, sending } = useSendAct();
  const title = item.document === null ? name('facts', item.fact) : name('documentKinds', item.document);
  const kind = item.document ?? 'other';
  const due = claim.tasks.find((task) => task.kind === 'answer-as-patient')?.dueAt;
  /** The files join the claim's file, then answer the item; what joined it already, before the page was closed, does not join twice. */
  const give = async (files: readonly KeptFile[]): Promise<boolean> => {
    const documents = files.map(attachedOf);
    const known = new Set(claim.clinical?.documents.map((document) => document.documentId));
    const joining = documents.filter((one) => !known.has(one.documentId));
    if (joining.length > 0 && (await send({ claimNo: claim.claimNo, command: 'upload-documents', body: { documents: joining } })).kind === 'refused') return false;
    return answer({ kind: 'upload', documentIds: documents.map((one) => one.documentId) });
  };
  const answer = async (given: Answer): Promise<boolean> => (await send({ claimNo: claim.claimNo, command: 'answer-supplement', body: { itemId: item.itemId, answer: given } })).kind !== 'refused';
  return (
    <li>
      <PaperPicture kind={kind} label={t('papers.example', { paper: title })} />
      <div>
        <h3>{title}</h3>
        {item.why !== null && <p>{t('asked.why', { why: words(item.why) })}</p>}
        {item.answer !== null && <p className="patient-good"><CheckCircleFilled aria-hidden /> {t('asked.answered', { how: name('answers', item.answer.kind) })}</p>}
        {item.answer === null && claim.allowed.includes('answer-supplement') && (
          <>
            {due && <p className="patient-last-day">{t('asked.until', { day: dayWords(dayOf(due), language) })}</p>}
            {item.document === null && <p className="quiet">{t('asked.fact')}</p>}
            <ChooseFiles claimNo={claim.claimNo} kind={kind} purpose={purposeOf(item)} onStored={give} />
            <AlreadyGiven claim={claim} item={item} sending={sending} onAnswer={answer} />
            <CannotProvide claim={claim} item={item} sending={sending} onAnswer={answer} />
          </>
        )}
      </div>
    </li>
  );
}

interface HowProps { claim: Claim; item: Item; sending: boolean; onAnswer: (answer: Answer) => Promise<boolean> }

function AlreadyGiven({ claim, item, sending, onAnswer }: HowProps) {
  const { t } = useTranslation('patient');
  const language = useLanguage();
  const given = claim.clinical?.documents.filter((document) => document.supersededBy === null && (item.document === null || document.kind === item.document)) ?? [];
  return (
    <details className="patient-more">
      <summary>{t('asked.already')}</summary>
      {given.length === 0 ? <p>{t('asked.notFound')}</p> : <p>{t('asked.which')}</p>}
      {given.map((document) => (
        <Button key={document.documentId} block size="large" disabled={sending} onClick={() => { void onAnswer({ kind: 'already-given', documentId: document.documentId }); }}>
          {document.fileName ?? document.kind} · {dayWords(dayOf(document.at), language)}
        </Button>
      ))}
    </details>
  );
}

function CannotProvide({ claim, item, sending, onAnswer }: HowProps) {
  const { t } = useTranslation('patient');
  const why = useDraft(`answer ${claim.claimNo} ${item.itemId}`, '');
  return (
    <details className="patient-more">
      <summary>{t('asked.cannot')}</summary>
      <form onSubmit={(event) => {
        event.preventDefault();
        void onAnswer({ kind: 'cannot-provide', note: why.value.trim() }).then((taken) => { if (taken) void why.clear(); });
      }}>
        <p>{t('asked.cannotMeans')}</p>
        <label className="patient-field">{t('asked.cannotWhy')}<textarea rows={3} required maxLength={2000} value={why.value} onInvalid={(event) => { event.currentTarget.setCustomValidity(t('needed')); }} onChange={(event) => { event.currentTarget.setCustomValidity(''); why.set(event.target.value); }} /></label>
        <Button htmlType="submit" size="large" loading={sending}>{t('asked.cannotSend')}</Button>
      </form>
    </details>
  );
}
