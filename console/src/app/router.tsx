import { createBrowserRouter } from 'react-router';
import { Gate, SignedIn } from '../session/gate';
import { Lost } from './lost';
import { Shell } from './shell';

const kit = async () => ({ Component: (await import('./kit')).Kit });

/** Every address of the console. Each screen is its own file, loaded when somebody goes there. */
export const createRouter = () => createBrowserRouter([
  { path: '/signed-in', element: <SignedIn /> },
  { lazy: kit, errorElement: <Lost />, children: [{ path: '/p', lazy: async () => ({ Component: (await import('../patient/page')).PatientPage }) }] },
  {
    element: <Gate><Shell /></Gate>, errorElement: <Lost />,
    children: [
      { index: true, lazy: async () => ({ Component: (await import('../inbox/page')).InboxPage }) },
      {
        lazy: kit,
        children: [
          { path: 'claims', lazy: async () => ({ Component: (await import('../claims/page')).ClaimsPage }) },
          { path: 'claims/:claimNo', lazy: async () => ({ Component: (await import('../claim/page')).ClaimPage }) },
          { path: 'claims/:claimNo/desk', lazy: async () => ({ Component: (await import('../desk/page')).DeskPage }) },
          { path: 'report', lazy: async () => ({ Component: (await import('../report/page')).ReportPage }) },
          { path: 'report/:localId', lazy: async () => ({ Component: (await import('../report/kept-page')).KeptReportPage }) },
          { path: 'unsent', lazy: async () => ({ Component: (await import('../queue/page')).UnsentPage }) },
          { path: 'team', lazy: async () => ({ Component: (await import('../team/page')).TeamPage }) },
          { path: 'ops', lazy: async () => ({ Component: (await import('../ops/page')).OpsPage }) },
        ],
      },
      { path: '*', element: <Lost /> },
    ],
  },
]);
