import { useId } from 'react';
import { UploadPicker } from '../../upload/picker';
import { useWords } from '../../words/use-words';
import { useCommand, type ActFormProps } from './form';

/** Files go by themselves once they are handed over here, also when the form is closed: the act follows when the server has verified them. */
export default function UploadDocuments({ claim, about }: ActFormProps) {
  const words = useWords();
  const described = useCommand('upload-documents');
  const id = useId();
  return (
    <section className="act" aria-labelledby={id}>
      <header><h2 id={id} tabIndex={-1}>{described && words(described.title)}</h2><p className="quiet">{described && words(described.causes)}</p></header>
      <UploadPicker of={{ claimNo: claim.claimNo, localId: null }} clinical={claim.clinical} first={about} />
    </section>
  );
}
