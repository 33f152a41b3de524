import { ClockCircleOutlined, ExclamationCircleFilled, PauseCircleOutlined, WarningFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useNow } from './now';
import { dueWords, lengthWords, urgencyOf, type Urgency } from './time';
import { useLanguage } from './use-words';

const ICONS = { late: ExclamationCircleFilled, soon: WarningFilled, later: ClockCircleOutlined, paused: PauseCircleOutlined, none: ClockCircleOutlined } satisfies Record<Urgency, unknown>;

/** A due time as words, icon and colour: each alone says whether it is late, soon, later or paused. */
export function Due({ dueAt, paused = false, provisional = false, full = false }: { dueAt: string | null; paused?: boolean; provisional?: boolean; full?: boolean }) {
  const { t } = useTranslation('app');
  const language = useLanguage();
  const now = useNow();
  const urgency = urgencyOf(dueAt, paused, now);
  const Icon = ICONS[urgency];
  const left = dueAt === null ? '' : lengthWords(Date.parse(dueAt) - now, language);
  return (
    <span className={`due due-${urgency}`} title={dueAt === null ? undefined : dueWords(dueAt, language)}>
      <Icon aria-hidden /> {t(`due.${urgency}`, { left })}
      {full && dueAt !== null && <span className="due-at"> · {dueWords(dueAt, language)}</span>}
      {provisional && <span className="due-provisional"> · {t('due.provisional')}</span>}
    </span>
  );
}
