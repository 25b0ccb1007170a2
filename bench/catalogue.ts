/**
 * The whole catalogue with all families of facts on, against an embedded store that holds many declarations; the baseline
 * is the same path with those rules alone that read nothing but the message. Live: 50 callers at a time. Backtest: over
 * the declarations of the last days, reading the history of all into memory included. `CATALOGUE_BENCH` sets how many
 * declarations are there, `CATALOGUE_BENCH_DAYS` how many days of the year the backtest looks at.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { storeHistory } from '../src/backtest/history.ts';
import { backtest } from '../src/backtest/run.ts';
import { declarations, events } from '../src/check/collections.ts';
import { openOffice } from '../src/check/lodge.ts';
import { openDesk } from '../src/check/open-desk.ts';
import { lodgeTogether } from '../src/check/together.ts';
import type { Declaration } from '../src/declaration/declaration.ts';
import { compile } from '../src/engine/compile.ts';
import { factCatalogue } from '../src/facts/catalogue.ts';
import { fromRoot } from '../src/ground/paths.ts';
import { identify } from '../src/intake/identity.ts';
import { loadRules } from '../src/rules/load.ts';
import type { Rule } from '../src/rules/model.ts';
import { openRulebook, type Rulebook } from '../src/rules/rulebook.ts';
import { openStore } from '../src/store/open.ts';
import type { Store } from '../src/store/port.ts';
import { seeded } from './backtest/workload.ts';
import { type BenchCase, type BenchResult, machine } from './result.ts';
import { freshBody } from './service/load.ts';

const held = Number(process.env.CATALOGUE_BENCH ?? 200_000);
const backtestDays = Number(process.env.CATALOGUE_BENCH_DAYS ?? 360);
const measured = Math.min(4_000, held);
/** V8 goes on optimising the code of the rulebook over the first thousands. */
const warmUp = 3_000;
const callers = 50;
const batch = 5_000;

const goods = [
  '85171300',
  '61091000',
  '87032310',
  '10063000',
  '84713000',
  '30049000',
  '22083000',
  '94036000',
];
const origins = ['CN', 'VN', 'IN', 'TR', 'DE', 'FR', 'US', 'BR'];
const dayMs = 86_400_000;

/** A declaration of five items that no other is, made on a day of the year before. */
function made(ordinal: number, random: () => number): Declaration {
  const declaration = JSON.parse(freshBody()) as Declaration;
  const day = new Date(Date.now() - Math.floor(random() * 360) * dayMs).toISOString().slice(0, 10);
  declaration.format = 'json';
  declaration.office = `XXA${1 + (ordinal % 9)}`;
  declaration.registration = { serial: 'C', number: String(ordinal + 1), date: day };
  declaration.acceptedAt = day;
  for (const item of declaration.items) {
    item.hs = goods[Math.floor(random() * goods.length)]!;
    item.origin = origins[Math.floor(random() * origins.length)]!;
    item.netMass = Math.round(random() * 200_000) / 1000;
    item.consignor = { id: `S${Math.floor(random() * 800)}` };
  }
  return declaration;
}

/** Written as intake would, with an event for each: through the appender, not through checks. */
async function fill(store: Store, random: () => number): Promise<void> {
  for (let from = 0; from < held; from += batch) {
    const docs = Array.from({ length: Math.min(batch, held - from) }, (_, index) => {
      const declaration = made(from + index, random);
      const { reference, content } = identify(declaration);
      const at = `${declaration.acceptedAt}T08:00:00.000Z`;
      return {
        id: `${reference}#1`,
        reference,
        version: 1,
        provisional: false,
        content,
        office: declaration.office!,
        flow: declaration.flow,
        declarant: declaration.declarant?.id ?? null,
        consignee: declaration.consignee?.id ?? null,
        consignor: null,
        occurredAt: at,
        recordedAt: at,
        declaration,
      };
    });
    await store.collection(declarations).put(docs);
    await store.collection(events).put(
      docs.map(({ reference, recordedAt }, index) => ({
        id: `E-${reference}`,
        declaration: reference,
        kind: 'INSPECT',
        at: recordedAt,
        local: recordedAt,
        enteredAt: null,
        officer: `O-${index % 200}`,
        recordedAt,
        reason: `Opened ${index} boxes, counted, as declared.`,
      })),
    );
  }
}

/** Rules that read nothing but the message, in a folder of their own. */
async function declaredAlone(folder: string): Promise<void> {
  const { rules } = await loadRules(fromRoot('rules'));
  const isDeclared = (rule: Rule): boolean => {
    const { calls } = compile([{ ...rule, status: 'active' }], { catalogue: factCatalogue, shared: {} });
    return calls.declaration.length + calls.item.length === 0;
  };
  cpSync(fromRoot('rules', 'base'), join(folder, 'base'), { recursive: true });
  for (const { rule, source } of rules) {
    if (rule === undefined || !isDeclared(rule)) continue;
    const to = join(folder, basename(dirname(source.file)));
    mkdirSync(to, { recursive: true });
    cpSync(source.file, join(to, basename(source.file)));
  }
}

/** Checks a second by so many callers at a time, each waiting for its answer. */
async function live(store: Store, rules: string | undefined): Promise<{ rate: number; rules: number }> {
  const desk = await openDesk({ store, ...(rules === undefined ? {} : { rules }) });
  await desk.evidence!.warm();
  await desk.evidence!.renewBaselines!(new Date().toISOString());
  const lodge = lodgeTogether(openOffice(desk, store));
  const random = seeded(7);
  let ordinal = held + Math.floor(Math.random() * 1e9);
  const one = () => {
    const declaration = made(ordinal++, random);
    const identity = identify(declaration);
    return lodge({ kind: 'declaration', identity, declaration, trail: [], outcomes: [], where: {} });
  };
  const many = async (count: number) => {
    let left = count;
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (left-- > 0) await one();
      }),
    );
  };
  await many(warmUp);
  const begun = performance.now();
  await many(measured);
  const rate = (measured * 1000) / (performance.now() - begun);
  desk.close();
  return { rate, rules: desk.rulebook().rules.length };
}

async function again(store: Store, rulebook: Rulebook): Promise<{ rate: number; declarations: number }> {
  const from = new Date(Date.now() - backtestDays * dayMs).toISOString();
  const run = await backtest({ rulebook, history: storeHistory(store), window: { from }, threads: 1 });
  return { rate: run.tally.declarations / run.seconds, declarations: run.tally.declarations };
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-bench-'));
  const alone = join(folder, 'rules');
  mkdirSync(alone);
  await declaredAlone(alone);
  const store = await openStore({ data: join(folder, 'data') });
  const results: BenchCase[] = [];
  try {
    const begun = performance.now();
    await fill(store, seeded(1));
    results.push({
      case: `filled with ${held.toLocaleString('en')} declarations of 5 items`,
      value: (performance.now() - begun) / 1000,
      unit: 's',
    });
    const plain = await live(store, alone);
    const whole = await live(store, undefined);
    const baseline = `the ${plain.rules} rules on declared data alone`;
    results.push({ case: `live, ${callers} callers: ${baseline}`, value: plain.rate, unit: 'checks/s' });
    results.push({
      case: `live, ${callers} callers: all ${whole.rules} rules, all facts`,
      value: whole.rate,
      unit: 'checks/s',
      baseline,
      ratio: whole.rate / plain.rate,
    });
    const plainAgain = await again(store, await openRulebook(alone));
    const wholeAgain = await again(store, await openRulebook(fromRoot('rules')));
    const looked = `backtest of ${plainAgain.declarations.toLocaleString('en')}`;
    results.push({ case: `${looked}: ${baseline}`, value: plainAgain.rate, unit: 'declarations/s' });
    results.push({
      case: `${looked}: all ${whole.rules} rules, all facts, history read first`,
      value: wholeAgain.rate,
      unit: 'declarations/s',
      baseline,
      ratio: wholeAgain.rate / plainAgain.rate,
    });
    results.push({
      case: 'memory of the process at the end',
      value: process.memoryUsage.rss() / 2 ** 20,
      unit: 'MiB',
    });
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return { name: 'catalogue', machine: machine(), results };
}
