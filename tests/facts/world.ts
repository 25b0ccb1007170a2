/** A store of a few documents and the facts that follow from it, for tests of families that look beyond the declaration. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as specs from '../../src/check/collections.ts';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { type Evidence, openEvidence } from '../../src/evidence/open.ts';
import { factCall } from '../../src/facts/call.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed, type Given } from '../../src/facts/change.ts';
import type { FactValue } from '../../src/facts/model.ts';
import { resolveCalls } from '../../src/facts/resolve.ts';
import type { TrailStep } from '../../src/facts/subject.ts';
import { referenceDocument, references } from '../../src/sources/reference/store.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/port.ts';
import { cleanDeclaration } from './clean.ts';

export const noon = (day: string): string => `${day}T12:00:00.000Z`;

export const changedClean = (given: Given): Declaration => changed(cleanDeclaration(), given).declaration;

/** A version of a declaration as it is stored, recorded at noon of a day. */
export const version = (reference: string, day: string, declaration: Declaration, number = 1) => ({
  id: `${reference}#${number}`,
  reference,
  version: number,
  provisional: false,
  content: `${reference}-${number}`,
  office: declaration.office ?? null,
  flow: declaration.flow,
  declarant: declaration.declarant?.id ?? null,
  consignee: declaration.consignee?.id ?? null,
  consignor: declaration.consignor?.id ?? null,
  occurredAt: noon(day),
  recordedAt: noon(day),
  declaration,
});

export const event = (declaration: string, kind: string, day: string, more: object = {}) => ({
  id: `${declaration}-${kind}-${day}-${JSON.stringify(more)}`,
  declaration,
  kind,
  at: noon(day),
  local: noon(day),
  enteredAt: null,
  officer: null,
  recordedAt: noon(day),
  ...more,
});

export const record = (kind: string, day: string, content: Record<string, unknown>) =>
  referenceDocument({ kind, record: { from: '2020-01-01', ...content } }, noon(day));

export interface World {
  store: Store;
  evidence: Evidence;
  put(what: {
    declarations?: unknown[];
    events?: unknown[];
    outcomes?: unknown[];
    records?: unknown[];
  }): Promise<void>;
  value(fact: string, params: Record<string, FactValue>, asked: Asked): Promise<FactValue>;
  close(): Promise<void>;
}

export interface Asked {
  declaration: Declaration;
  /** Day at whose midnight, after noon, the check is made. */
  on: string;
  reference?: string;
  trail?: TrailStep[];
  /** Position of the item. */
  item?: number;
}

export async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-world-'));
  const store = await openStore({ data: folder });
  const evidence = await openEvidence({ store });
  return {
    store,
    evidence,
    async put({ declarations = [], events = [], outcomes = [], records = [] }) {
      if (declarations.length > 0) await store.collection(specs.declarations).put(declarations as never);
      if (events.length > 0) await store.collection(specs.events).put(events as never);
      if (outcomes.length > 0) await store.collection(specs.outcomes).put(outcomes as never);
      if (records.length > 0) await store.collection(references).put(records as never);
      await evidence.refresh();
    },
    async value(fact, params, { declaration, on, reference = 'THIS', trail = [], item = 0 }) {
      const definition = factCatalogue.get(fact)!;
      const call = factCall(definition, params);
      const { sheet } = changed(declaration, {});
      const subject = {
        reference,
        version: 1,
        declaration,
        trail,
        outcomes: [],
        recordedAt: `${on}T23:00:00.000Z`,
        sheet,
      };
      await resolveCalls(
        [subject],
        definition.scope === 'item' ? { declaration: [], item: [call] } : { declaration: [call], item: [] },
        evidence.sources,
      );
      return definition.scope === 'item' ? sheet.itemCalls![item]![call.key] : sheet.calls![call.key];
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
