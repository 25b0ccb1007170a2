/** History for the analyst's commands: from MongoDB, from the embedded store, or from the service that holds it. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { HistoryRecord } from '../backtest/case.ts';
import { type Asking, type History, storeHistory } from '../backtest/history.ts';
import type { Window } from '../backtest/store-history.ts';
import { callService, type ReachOptions, reach, type Service } from './reach.ts';

export interface OpenHistory extends History {
  close(): Promise<void>;
}

export async function openHistory(options: ReachOptions): Promise<OpenHistory> {
  const reached = await reach(options);
  if (reached.kind === 'service') return { ...serviceHistory(reached), close: async () => {} };
  return { ...storeHistory(reached.store), close: () => reached.store.close() };
}

function serviceHistory(service: Service): History {
  return {
    async count() {
      const response = await callService(service, '/v1/history');
      return ((await response.json()) as { declarations: number }).declarations;
    },
    async *records(asking: readonly Asking[], window: Window, country?: string) {
      const rulebooks = asking.map(({ rules, shared }) => ({ rules, shared }));
      const response = await callService(service, '/v1/history', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rulebooks, ...window, country }),
      });
      const lines = createInterface({ input: Readable.fromWeb(response.body as ReadableStream) });
      for await (const line of lines) yield JSON.parse(line) as HistoryRecord[];
    },
  };
}
