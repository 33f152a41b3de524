/** Which screens a role has: what it may not do is not on its screen. */
import type { Role } from '../session/session';

export interface Place { path: string; name: 'inbox' | 'claims' | 'report' | 'unsent' | 'team' | 'operations' | 'reads' }

const REPORTERS: readonly Role[] = ['specialist', 'liaison'];
const LEADERS: readonly Role[] = ['manager', 'medical-affairs', 'senior-reviewer'];

export function placesOf(role: Role): Place[] {
  if (role === 'ops') return [{ path: '/ops', name: 'operations' }, { path: '/claims', name: 'claims' }];
  // Auditors hold no tasks.
  if (role === 'auditor') return [{ path: '/claims', name: 'claims' }, { path: '/reads', name: 'reads' }, { path: '/ops', name: 'operations' }];
  return [
    { path: '/', name: 'inbox' },
    ...(REPORTERS.includes(role) ? [{ path: '/report', name: 'report' } as const] : []),
    { path: '/claims', name: 'claims' },
    ...(LEADERS.includes(role) ? [{ path: '/team', name: 'team' } as const] : []),
  ];
}

export const hasPlace = (role: Role, name: Place['name']): boolean => placesOf(role).some((place) => place.name === name);
