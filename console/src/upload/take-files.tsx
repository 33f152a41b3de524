import { CameraOutlined, PaperClipOutlined } from '@ant-design/icons';
import type { ChangeEvent } from 'react';
import { useTranslation } from 'react-i18next';

interface AcceptedType { mediaType: string; extensions: string[] }

/** Two ways to a file: the camera, and what is on the device; several at once. */
export function TakeFiles({ about, types, onTake }: { about: string; types: readonly AcceptedType[]; onTake: (files: File[]) => void }) {
  const { t } = useTranslation('upload');
  const accept = [...new Set(types.flatMap((type) => [type.mediaType, ...type.extensions.map((one) => `.${one}`)]))].join(',');
  const take = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const files = [...(target.files ?? [])];
    // The same file may be taken again after it was removed.
    target.value = '';
    if (files.length > 0) onTake(files);
  };
  return (
    <span className="take">
      <label className="plain-button"><CameraOutlined aria-hidden /> {t('photograph')}<input type="file" accept="image/*" capture="environment" multiple aria-label={`${t('photograph')}: ${about}`} onChange={take} /></label>
      <label className="plain-button"><PaperClipOutlined aria-hidden /> {t('pick')}<input type="file" accept={accept} multiple aria-label={`${t('pick')}: ${about}`} onChange={take} /></label>
    </span>
  );
}
