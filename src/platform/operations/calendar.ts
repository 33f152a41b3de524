/** A notice that was published or amended reaches the open claims (SPEC §1.5: provisional dates are recomputed when the notice comes). */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { claimWorkflowId, DELIVER, system, type Act, type CommandInput } from '../../domain/claim';
import { shanghaiDay, type Calendar, type PublishedYear } from '../../domain/calendar';
import { asWorker, type Database, type Tx } from '../database';
import { loadCalendar } from '../published-calendar';
import { abreast, ASKED_AT_ONCE } from './abreast';

const PAGE = 100;

/**
 * Tells every open claim the years it does not know in their present version; answers how many were told. Telling twice does no harm:
 * the act's id is the calendar's version. Throws, naming the row, when a recorded year is malformed.
 */
export async function publishCalendar({ database, temporal, now }: { database: Database; temporal: Client; now: () => Date }, onPage: () => void): Promise<number> {
  const at = now().toISOString();
  const calendar = await asWorker(database, (tx) => loadCalendar(tx, Number(shanghaiDay(at).slice(0, 4))));
  const years = yearsOf(calendar);
  if (years.length === 0) return 0;
  let told = 0;
  for (let after = ''; ;) {
    const claims = await asWorker(database, (tx) => unaware(tx, years, after));
    const last = claims.at(-1);
    if (!last) return told;
    await abreast(ASKED_AT_ONCE, claims, async ({ claimNo, version }) => {
      const input: CommandInput<'calendar-published'> = { years: years.filter((year) => !version.split('+').includes(year.version)) };
      const act: Act = { id: `calendar:${calendar.version}`, command: 'calendar-published', input, actor: system('directory'), receivedAt: at, saidAt: null, hash: '' };
      await temporal.workflow.getHandle(claimWorkflowId(claimNo)).signal(DELIVER, act).then(() => { told += 1; }, ignoreLost);
    });
    after = last.claimNo;
    onPage();
  }
}

/** The years of a calendar with the version of each: the calendar's own version names them in order. */
function yearsOf(calendar: Calendar): PublishedYear[] {
  return Object.entries(calendar.years).map(([year, days]) => ({
    year: Number(year), days, version: calendar.version.split('+').find((version) => version.startsWith(`${year}.`))!,
  }));
}

/** Open claims whose own calendar lacks one of these years, or has it in another version. */
function unaware(tx: Tx, years: readonly PublishedYear[], after: string): Promise<Array<{ claimNo: string; version: string }>> {
  return tx.$queryRaw`
    SELECT claim_no AS "claimNo", state #>> '{calendar,version}' AS version FROM claim
    WHERE (stage <> 'closed' OR cardinality(waiting_for) > 0) AND claim_no > ${after}
      AND NOT string_to_array(state #>> '{calendar,version}', '+') @> ${years.map(({ version }) => version)}::text[]
    ORDER BY claim_no LIMIT ${PAGE}`;
}

/** A lost process is told in the round after it was started again. */
function ignoreLost(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
