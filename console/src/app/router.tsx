import { createBrowserRouter, Outlet } from 'react-router';
import { useSession } from '../session/context';
import { Gate, SignedIn } from '../session/gate';
import { Lost, NotYours } from './lost';
import { hasPlace, type Place } from './places';
import { Shell } from './shell';

const kit = async () => ({ Component: (await import('./kit')).Kit });

/** Screens of some roles only. */
function Only({ place }: { place: Place['name'] }) {
  const { role } = useSession();
  return role !== null && hasPlace(role, place) ? <Outlet /> : <NotYours />;
}

/** Every address of the console. Each screen is its own file, loaded when somebody goes there; one that breaks leaves the frame around it. */
export const createRouter = () => createBrowserRouter([
  { path: '/signed-in', element: <SignedIn /> },
  { lazy: kit, errorElement: <Lost />, children: [{ path: '/p', lazy: async () => ({ Component: (await import('../patient/page')).PatientPage }) }] },
  {
    element: <Gate><Shell /></Gate>, errorElement: <Lost />,
    children: [{
      errorElement: <Lost />,
      children: [
        { index: true, lazy: async () => ({ Component: (await import('../inbox/page')).InboxPage }) },
        {
          lazy: kit,
          children: [
            { path: 'claims', lazy: async () => ({ Component: (await import('../claims/page')).ClaimsPage }) },
            { path: 'claims/:claimNo', lazy: async () => ({ Component: (await import('../claim/page')).ClaimPage }) },
            { path: 'claims/:claimNo/desk', lazy: async () => ({ Component: (await import('../desk/page')).DeskPage }) },
            { element: <Only place="report" />, children: [{ path: 'report', lazy: async () => ({ Component: (await import('../report/page')).ReportPage }) }] },
            { path: 'report/:localId', lazy: async () => ({ Component: (await import('../report/kept-page')).KeptReportPage }) },
            { path: 'unsent', lazy: async () => ({ Component: (await import('../queue/page')).UnsentPage }) },
            { element: <Only place="team" />, children: [{ path: 'team', lazy: async () => ({ Component: (await import('../team/page')).TeamPage }) }] },
            { element: <Only place="reads" />, children: [{ path: 'reads', lazy: async () => ({ Component: (await import('../reads/page')).ReadsPage }) }] },
            { element: <Only place="operations" />, children: [{ path: 'ops', lazy: async () => ({ Component: (await import('../ops/page')).OpsPage }) }] },
          ],
        },
        { path: '*', element: <Lost /> },
      ],
    }],
  },
]);
