import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isMissingFile, takeNewest } from './installed';

/** A part of a page whose own file is loaded when it is needed: where that fails, it says so in its place and the page stays. */
export class Part extends Component<{ children: ReactNode; quiet?: boolean }, { missing: boolean }> {
  override state = { missing: false };

  static getDerivedStateFromError(error: unknown): { missing: true } {
    // What broke otherwise is told by the page.
    if (!isMissingFile(error)) throw error;
    return { missing: true };
  }

  override render(): ReactNode {
    if (!this.state.missing) return this.props.children;
    return this.props.quiet === true ? null : <MissingPart />;
  }
}

/** Offers the version that the server has now. */
export function MissingPart() {
  const { t } = useTranslation('app');
  return (
    <div role="alert" className="failure">
      <div className="grow"><b>{t('lost.missing')}</b><p>{t('lost.brokeHint')}</p></div>
      <button type="button" className="plain-button" onClick={() => { void takeNewest(); }}>{t('lost.newest')}</button>
    </div>
  );
}
