import { useTranslation } from 'react-i18next';
import { RequestFailed } from '../api/problem';
import { useWords } from './use-words';

/** What went wrong, in the server's words where it had any, and what to do. Nothing that was typed goes away. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation('app');
  const words = useWords();
  const failed = error instanceof RequestFailed ? error : null;
  const problem = failed?.problem ?? null;
  const title = problem ? words(problem.text) : failed?.status === 0 ? t('failure.offline') : t('failure.unknown');
  return (
    <div role="alert" className="failure" data-passing={failed?.status === 0}>
      <div className="grow">
        <b>{title}</b>
        {problem?.errors?.length ? <ul>{problem.errors.map(({ field, text }) => <li key={`${field} ${text.en}`}>{words(text)}</li>)}</ul> : null}
      </div>
      {onRetry && <button type="button" className="plain-button" onClick={onRetry}>{t('failure.retry')}</button>}
    </div>
  );
}
