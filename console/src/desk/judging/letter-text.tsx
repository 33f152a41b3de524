import { useTranslation } from 'react-i18next';
import type { components } from '../../api/schema';
import { yuan } from '../../words/money';
import { useWords } from '../../words/use-words';

/** A decision letter in the reader's language, as the patient gets it. */
export function LetterText({ letter }: { letter: components['schemas']['Letter'] }) {
  const { t } = useTranslation('desk');
  const words = useWords();
  return (
    <article className="letter-text" data-tone={letter.tone}>
      <h3>{words(letter.title)}</h3>
      <p>{words(letter.greeting)}</p>
      {letter.paragraphs.map((one) => <p key={one.zh}>{words(one)}</p>)}
      <ul>{letter.lines.map((line) => <li key={line.benefit}>{words(line.title)}: {yuan(line.askedFen)} → <b>{yuan(line.approvedFen)}</b></li>)}</ul>
      {letter.reasons.length > 0 && <ul>{letter.reasons.map((reason) => <li key={reason.code}>{words(reason.text)} <span className="quiet">{t('reasons.clause', { clause: reason.clause })}</span></li>)}</ul>}
      <p>{words(letter.objection.text)}</p>
      <p>{words(letter.contact)}</p>
    </article>
  );
}
