import { useTranslation } from 'react-i18next';

/** Says what waits to be shown in a list that is held still. */
export function News({ added, moved, onShow }: { added: number; moved: boolean; onShow: () => void }) {
  const { t } = useTranslation('lists');
  const waits = added > 0 || moved;
  return (
    <div role="status" className="news">
      {waits && <button type="button" className="news-button" onClick={onShow}>{added > 0 ? t('added', { count: added }) : t('moved')}</button>}
    </div>
  );
}
