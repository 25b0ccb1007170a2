/**
 * What it costs to ask the history of a large trader: one broker with all the declarations, one of which comes in between
 * any two questions. The baseline looks through all rows of the broker, as is still done for those with few.
 * `HISTORY_BENCH` sets how many declarations are there.
 */
import type { Collections, EventDocument } from '../src/check/collections.ts';
import type { Declaration } from '../src/declaration/declaration.ts';
import { historyResolver } from '../src/evidence/history.ts';
import { type Memory, openMemory } from '../src/evidence/memory.ts';
import { factCall } from '../src/facts/call.ts';
import { factCatalogue } from '../src/facts/catalogue.ts';
import type { FactCall } from '../src/facts/model.ts';
import { factSheet } from '../src/facts/sheet.ts';
import { identify } from '../src/intake/identity.ts';
import type { CollectionSpec, Store } from '../src/store/port.ts';
import { seeded } from './backtest/workload.ts';
import { type BenchResult, machine } from './result.ts';
import { freshBody } from './service/load.ts';

const held = Number(process.env.HISTORY_BENCH ?? 20_000);
const questions = 200;
const begin = Date.UTC(2025, 0, 1);
const dayMs = 86_400_000;

const called = (...facts: [string, Record<string, string | number>][]): FactCall[] =>
  facts.map(([fact, params]) => factCall(factCatalogue.get(fact)!, params as never));

/** Facts that add up by day, and facts of different values, which do not. */
const groups: Readonly<Record<string, FactCall[]>> = {
  'five facts that add up': called(
    ['history.count', { of: 'declarant', days: 365 }],
    ['history.value', { of: 'declarant', days: 365 }],
    ['history.offenceRate', { of: 'declarant', days: 365 }],
    ['history.procedureShare', { of: 'declarant', procedure: '7', days: 365 }],
    ['history.exemptShare', { of: 'declarant', days: 90 }],
  ),
  'two facts of different values': called(
    ['history.distinct', { of: 'declarant', member: 'netMass', days: 365 }],
    ['history.events', { of: 'declarant', kind: 'AMEND', days: 90 }],
  ),
};

/** A declaration of the one broker, recorded on its day, a year's worth of them one after the other. */
function documentOf(ordinal: number, random: () => number): Collections['declaration'] {
  const declaration = JSON.parse(freshBody()) as Declaration;
  const at = new Date(begin + (ordinal / held) * 365 * dayMs).toISOString();
  declaration.format = 'json';
  declaration.declarant = { id: 'BROKER' };
  declaration.registration = { serial: 'C', number: String(ordinal), date: at.slice(0, 10) };
  declaration.acceptedAt = at.slice(0, 10);
  for (const item of declaration.items) item.netMass = Math.round(random() * 200_000) / 1000;
  const { reference, content } = identify(declaration);
  return {
    id: `${reference}#1`,
    reference,
    version: 1,
    provisional: false,
    content,
    office: declaration.office ?? null,
    flow: declaration.flow,
    declarant: 'BROKER',
    consignee: null,
    consignor: null,
    occurredAt: at,
    recordedAt: at,
    declaration,
  };
}

/** Each fifth of them was amended. */
const amended = ({ reference, recordedAt }: Collections['declaration'], index: number): EventDocument =>
  ({
    id: `E${index}`,
    declaration: reference,
    kind: index % 5 === 0 ? 'AMEND' : 'LANE',
    at: recordedAt,
    local: recordedAt,
    enteredAt: null,
    officer: null,
    recordedAt,
  }) as EventDocument;

function storeOf(docs: readonly Collections['declaration'][], upTo: () => number): Store {
  const kept: Record<string, readonly unknown[]> = { declaration: docs, event: docs.map(amended) };
  return {
    collection: ({ name }: CollectionSpec) => ({
      since: async (cursor: number, limit: number) =>
        (kept[name] ?? [])
          .slice(cursor, Math.min(cursor + limit, upTo()))
          .map((doc, index) => ({ doc, version: 1, seq: cursor + index + 1 })),
    }),
  } as unknown as Store;
}

const walking = (memory: Memory): Memory =>
  Object.create(memory, {
    traces: { get: () => ({ ...memory.traces, daily: () => undefined }) },
  }) as Memory;

/** Milliseconds of a question on the facts, and the answers. */
async function asked(
  docs: readonly Collections['declaration'][],
  calls: FactCall[],
  look: (memory: Memory) => Memory,
): Promise<{ ms: number; answers: string }> {
  let here = docs.length - questions;
  const memory = look(openMemory(storeOf(docs, () => here)));
  const resolve = historyResolver(memory, () => 100);
  const answers: unknown[] = [];
  let spent = 0;
  for (let index = 0; index <= questions; index++) {
    const { declaration, reference, recordedAt } = docs[here]! ?? docs.at(-1)!;
    const sheet = factSheet(declaration);
    sheet.calls = {};
    sheet.itemCalls = sheet.items.map(() => ({}));
    const subject = { reference, version: 1, declaration, trail: [], outcomes: [], recordedAt, sheet };
    const started = performance.now();
    await resolve([subject], { declaration: calls, item: [] }, {});
    // The first question reads the store, and makes the sums.
    if (index > 0) spent += performance.now() - started;
    answers.push(sheet.calls);
    here = Math.min(here + 1, docs.length);
  }
  return { ms: spent / questions, answers: JSON.stringify(answers) };
}

export async function run(): Promise<BenchResult> {
  const random = seeded(3);
  const docs = Array.from({ length: held }, (_, ordinal) => documentOf(ordinal, random));
  const baseline = 'looking through all rows';
  const results: BenchResult['results'] = [];
  for (const [facts, calls] of Object.entries(groups)) {
    const walked = await asked(docs, calls, walking);
    const summed = await asked(docs, calls, (memory) => memory);
    if (summed.answers !== walked.answers) throw new Error('the sums do not answer as the walk does');
    const of = `${facts}, on a broker of ${held.toLocaleString('en')} declarations`;
    results.push(
      { case: `${of}: ${baseline}`, value: walked.ms, unit: 'ms' },
      { case: `${of}: sums`, value: summed.ms, unit: 'ms', baseline, ratio: walked.ms / summed.ms },
    );
  }
  return { name: 'history', machine: machine(), results };
}
