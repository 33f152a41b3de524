/** The views everybody begins with, by role (UX: six per role where that makes sense). Data, versioned with the code; each query is one of `GET /v1/tasks`. */
import type { Role, Text } from '../../domain/claim';

export interface DefaultView { id: string; name: Text; query: string }

const VIEWS = {
  mine: { name: { zh: '我的任务', en: 'My tasks' }, query: 'mine' },
  pool: { name: { zh: '待领取', en: 'To be taken' }, query: 'pool' },
  today: { name: { zh: '今天到期', en: 'Due today' }, query: 'due=today' },
  late: { name: { zh: '已超期', en: 'Breached' }, query: 'breached=true' },
  returned: { name: { zh: '退回给我', en: 'Returned to me' }, query: 'mine&pool&returned=true' },
  waiting: { name: { zh: '等待他人', en: 'Waiting for others' }, query: 'waiting' },
  done: { name: { zh: '我已完成', en: 'Done by me' }, query: 'done' },
  flagged: { name: { zh: '需留意的案件', en: 'Worth a second look' }, query: 'flagged=true' },
  collecting: { name: { zh: '24小时收集', en: '24-hour collection' }, query: 'stage=collecting' },
  supplements: { name: { zh: '补充材料', en: 'Supplements' }, query: 'stage=supplement' },
  disputes: { name: { zh: '争议裁决', en: 'Panels' }, query: 'stage=dispute' },
  'to-pay': { name: { zh: '待制单', en: 'Payments to make' }, query: 'kind=make-payment' },
  'to-check': { name: { zh: '待复核', en: 'Payments to check' }, query: 'kind=check-payment' },
} as const satisfies Record<string, Omit<DefaultView, 'id'>>;

/** `his-feed` is a machine; operations and the auditor hold no tasks. */
const OF_ROLE: Record<Role, ReadonlyArray<keyof typeof VIEWS>> = {
  patient: ['mine', 'waiting', 'done'],
  liaison: ['mine', 'pool', 'today', 'supplements', 'waiting', 'done'],
  specialist: ['mine', 'pool', 'collecting', 'supplements', 'waiting', 'done'],
  manager: ['mine', 'pool', 'today', 'late', 'waiting', 'done'],
  'medical-affairs': ['mine', 'pool', 'late', 'disputes', 'waiting', 'done'],
  reviewer: ['mine', 'pool', 'today', 'returned', 'waiting', 'done'],
  'senior-reviewer': ['mine', 'pool', 'today', 'flagged', 'waiting', 'done'],
  approver: ['mine', 'pool', 'today', 'flagged', 'waiting', 'done'],
  mediator: ['mine', 'today', 'late', 'done'],
  finance: ['mine', 'to-pay', 'to-check', 'today', 'returned', 'done'],
  auditor: [], ops: [], 'his-feed': [],
};

export const defaultViews = (role: Role): DefaultView[] => OF_ROLE[role].map((id) => ({ id, ...VIEWS[id] }));
