import { proxyActivities } from '@temporalio/workflow';
import { OUTSIDE_QUEUE } from '../../../src/domain/claim';

const { askNobody } = proxyActivities<{ askNobody(): Promise<void> }>({ taskQueue: OUTSIDE_QUEUE, startToCloseTimeout: '1m' });

/** A claim's process that waits for an outside party and does nothing else. */
export const claim = (): Promise<void> => askNobody();
