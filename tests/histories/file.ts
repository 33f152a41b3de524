/**
 * A history as it is kept in a file: one event a line. The SDK's own `historyToJSON` needs one protobufjs in the whole tree and finds two;
 * this is the conversion of the generated classes themselves, which reads back what it wrote.
 */
import { temporal } from '@temporalio/proto';

const { History } = temporal.api.history.v1;

export function toText(history: temporal.api.history.v1.IHistory): string {
  const { events } = History.toObject(History.fromObject(history), { bytes: String, longs: String, enums: String }) as { events: object[] };
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

export const fromText = (text: string): temporal.api.history.v1.History => History.fromObject(JSON.parse(text) as { [k: string]: unknown });
