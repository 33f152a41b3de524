/** The API as `npm start` runs it, a process of its own, with limits that a bench does not meet. */
import { startApi } from '../src/api/main';
import { readApiConfig } from '../src/platform/config';
import { createLog } from '../src/platform/log';
import { NO_LIMITS } from '../tests/support/limits';

void startApi(readApiConfig(process.env), createLog('api', 'error'), process.env, { limits: NO_LIMITS }).then((api) => {
  process.once('SIGTERM', () => { void api.stop().then(() => process.exit(0)); });
  process.stdout.write('running\n');
});
