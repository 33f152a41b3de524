import { StrictMode, Suspense, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { ApiProvider, createQueries } from './api/context';
import { createApi, type Api } from './api/client';
import { rulesQuestion } from './api/rules';
import { keepFocus } from './app/focus';
import { KeysProvider } from './app/keys';
import { hasPlace } from './app/places';
import { createRouter } from './app/router';
import { TellProvider } from './app/tell';
import { useFace } from './app/theme';
import { tasksQuestion } from './inbox/tasks-question';
import { keepAnswers } from './queue/answers';
import { startQueue, type Queue } from './queue/queue';
import { keepInstalled } from './pwa/installed';
import { QueueProvider } from './queue/context';
import { SessionProvider } from './session/context';
import { createSession, type Session } from './session/session';
import { readSettings, type Settings } from './session/settings';
import { FilesProvider } from './upload/context';
import { startFiles, type Files } from './upload/files';
import { startLanguages } from './words/i18n';
import './app/style.css';

const queries = createQueries();
const router = createRouter();

interface Given { session: Session; settings: Settings; api: Api; queue: Queue; files: Files }

function Console({ session, settings, api, queue, files }: Given) {
  const face = useFace();
  useEffect(() => { document.documentElement.dataset['face'] = face; }, [face]);
  return (
    <TellProvider>
      <SessionProvider session={session} settings={settings}>
        <ApiProvider api={api} queries={queries}>
          <QueueProvider queue={queue}>
            <FilesProvider files={files}>
              <Suspense><KeysProvider><RouterProvider router={router} /></KeysProvider></Suspense>
            </FilesProvider>
          </QueueProvider>
        </ApiProvider>
      </SessionProvider>
    </TellProvider>
  );
}

/** The screen that most people open first is made while its answers are on their way. */
function askAhead(session: Session, api: Api): void {
  if (location.pathname !== '/' || location.search !== '' || session.role === null || !hasPlace(session.role, 'inbox')) return;
  void session.token().then((token) => {
    if (token === null) return;
    void queries.prefetchInfiniteQuery(tasksQuestion(api, {}));
    void queries.prefetchQuery(rulesQuestion(api));
  });
}

async function start(): Promise<void> {
  const [settings] = await Promise.all([readSettings(), startLanguages()]);
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no root');
  const session = createSession(settings);
  const api = createApi(session);
  askAhead(session, api);
  // A device that keeps nothing (private windows) still works while there is a network.
  await keepAnswers(session, queries).catch(() => undefined);
  const queue = startQueue(session, queries);
  createRoot(root).render(<StrictMode><Console session={session} settings={settings} api={api} queue={queue} files={startFiles(session, queue)} /></StrictMode>);
  keepFocus();
  keepInstalled();
}

void start();
