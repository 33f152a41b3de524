import { useId, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { queryOf, type Filters } from '../lists/use-filters';
import { useWords } from '../words/use-words';
import { Failure } from '../words/failure';
import { filtersOfView, isSame, useViews, type View } from './use-views';

interface Given { filters: Filters; view: string | null; total: number | null; onGo: (filters: Filters, view: string | null) => void }

/**
 * The views of the role and one's own, each with its count; the one on view counts what its list counts. A view that was changed bears a `*`,
 * and can be saved, saved as another, or put back (UX 2-5).
 */
export function Views({ filters, view, total, onGo }: Given) {
  const { t } = useTranslation('inbox');
  const words = useWords();
  const { views, save, remove } = useViews();
  const here = views.find((one) => one.id === view) ?? views.find((one) => isSame(filtersOfView(one), filters));
  const changed = here !== undefined && !isSame(filtersOfView(here), filters);
  const isWhole = here === undefined && Object.keys(filters).length === 0;
  const nameOf = (one: View): string => words(one.name);
  return (
    <div className="views">
      <nav className="views-row" aria-label={t('views.name')}>
        <ViewLink to="/" name={t('views.whole')} count={isWhole ? total : null} here={isWhole} />
        {views.map((one) => (
          <ViewLink key={one.id} to={`/?${queryOf({ ...filtersOfView(one), view: one.id })}`} name={`${nameOf(one)}${one === here && changed ? ' *' : ''}`} count={one === here ? total : one.count} here={one === here} />
        ))}
      </nav>
      <div className="views-acts">
        {changed && here.own && <Try does={() => save(here.id, nameOf(here), filters)}>{t('views.save')}</Try>}
        {(changed || (here === undefined && !isWhole)) && <SaveAs names={views.map(nameOf)} onSave={async (name) => {
          const id = crypto.randomUUID();
          await save(id, name, filters);
          onGo(filters, id);
        }} />}
        {changed && <button type="button" className="link-button" onClick={() => { onGo(filtersOfView(here), here.id); }}>{t('views.discard')}</button>}
        {here?.own === true && !changed && <Remove name={nameOf(here)} onRemove={async () => { await remove(here.id); onGo(filters, null); }} />}
      </div>
    </div>
  );
}

function ViewLink({ to, name, count, here }: { to: string; name: string; count: number | null; here: boolean }) {
  return <Link to={to} className="view" aria-current={here ? 'page' : undefined}>{name}{count !== null && <span className="view-count"> {count}</span>}</Link>;
}

/** A button whose work may fail; the failure stands beside it. */
function Try({ does, children }: { does: () => Promise<void>; children: ReactNode }) {
  const [error, setError] = useState<unknown>(null);
  return <>
    <button type="button" className="link-button" onClick={() => { setError(null); does().catch(setError); }}>{children}</button>
    {error !== null && <Failure error={error} />}
  </>;
}

const NAME_LENGTH = 60;

function SaveAs({ names, onSave }: { names: readonly string[]; onSave: (name: string) => Promise<void> }) {
  const { t } = useTranslation('inbox');
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [name, setName] = useState('');
  const [error, setError] = useState<unknown>(null);
  const typed = name.trim();
  const taken = names.includes(typed);
  return (
    <>
      <button type="button" className="link-button" onClick={() => { dialog.current?.showModal(); }}>{t('views.saveAs')}</button>
      <dialog ref={dialog} className="card small-dialog" aria-labelledby={title}>
        <form method="dialog" onSubmit={(event) => {
          event.preventDefault();
          if (typed === '' || taken) return;
          setError(null);
          onSave(typed).then(() => { setName(''); dialog.current?.close(); }, setError);
        }}>
          <h2 id={title}>{t('views.saveAs')}</h2>
          <label className="stacked">{t('views.nameOf')}<input className="text-field" value={name} maxLength={NAME_LENGTH} required autoComplete="off" onChange={(event) => { setName(event.target.value); }} aria-invalid={taken} aria-describedby={`${title}-taken`} /></label>
          <p id={`${title}-taken`} className="quiet" role="status">{taken ? t('views.taken') : ''}</p>
          {error !== null && <Failure error={error} />}
          <div className="row">
            <button className="plain-button main-button" disabled={typed === '' || taken}>{t('views.save')}</button>
            <button type="button" className="plain-button" onClick={() => { dialog.current?.close(); }}>{t('cancel')}</button>
          </div>
        </form>
      </dialog>
    </>
  );
}

function Remove({ name, onRemove }: { name: string; onRemove: () => Promise<void> }) {
  const { t } = useTranslation('inbox');
  const [asked, setAsked] = useState(false);
  if (!asked) return <button type="button" className="link-button" onClick={() => { setAsked(true); }}>{t('views.remove')}</button>;
  return <span className="row" role="group" aria-label={t('views.removeAsk', { name })}>{t('views.removeAsk', { name })}<Try does={onRemove}>{t('views.remove')}</Try><button type="button" className="link-button" onClick={() => { setAsked(false); }}>{t('cancel')}</button></span>;
}
