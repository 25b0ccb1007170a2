/** History as backtests and comparisons take it: out of a store that is ours, or handed on by the service that holds it. */
import { declarations } from '../check/collections.ts';
import { compile } from '../engine/compile.ts';
import { factCatalogue } from '../facts/catalogue.ts';
import type { FactCall } from '../facts/model.ts';
import type { Calls } from '../facts/subject.ts';
import type { Rule } from '../rules/model.ts';
import type { Rulebook } from '../rules/rulebook.ts';
import type { Store } from '../store/port.ts';
import type { HistoryRecord } from './case.ts';
import { fromStore, resolvedFromStore, type Window } from './store-history.ts';

/** Rules whose looked-up facts are wanted, as they run: a rule in any status counts. */
export type Asking = Pick<Rulebook, 'rules' | 'shared'>;

export interface History {
  count(): Promise<number>;
  /** Each declaration of the window once, in batches, with the facts that these rules look up. */
  records(asking: readonly Asking[], window: Window, country?: string): AsyncIterable<HistoryRecord[]>;
}

/** The facts with parameters of several rulebooks, each once. */
export function callsOf(asking: readonly Asking[]): Calls {
  const declaration = new Map<string, FactCall>();
  const item = new Map<string, FactCall>();
  for (const { rules, shared } of asking) {
    const active = rules.map((rule): Rule => ({ ...rule, status: 'active' }));
    const { calls } = compile(active, { catalogue: factCatalogue, shared });
    for (const call of calls.declaration) declaration.set(call.key, call);
    for (const call of calls.item) item.set(call.key, call);
  }
  return { declaration: [...declaration.values()], item: [...item.values()] };
}

export const storeHistory = (store: Store): History => ({
  count: () => store.collection(declarations).count(),
  records(asking, window, country) {
    const calls = callsOf(asking);
    return calls.declaration.length + calls.item.length === 0
      ? fromStore(store, window)
      : resolvedFromStore(store, calls, window, country);
  },
});
