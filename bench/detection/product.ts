/**
 * What the shipped rules find in a made-up administration: its reference records and declarations go through the product's own
 * import into an embedded store, on the second day after its last, and then through the daily look at what became due.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonDocument } from '../../src/check/collections.ts';
import * as specs from '../../src/check/collections.ts';
import { importRecords } from '../../src/check/import.ts';
import { openOffice } from '../../src/check/lodge.ts';
import { type OpenDesk, openDesk } from '../../src/check/open-desk.ts';
import { storedPeople } from '../../src/check/people.ts';
import { recordsOf, referencesOf } from '../../src/cli/sample.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { type FindingRow, finding } from '../../src/projections/finding.ts';
import { project } from '../../src/projections/project.ts';
import { recheck } from '../../src/projections/recheck.ts';
import type { Simulation } from '../../src/simulate/administration.ts';
import { openReferences } from '../../src/sources/reference/store.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { CollectionSpec, Store } from '../../src/store/port.ts';

type ByRule = ReadonlyMap<string, ReadonlySet<string>>;

/** By rule. */
export interface Findings {
  /** Declarations that any check found something in. */
  told: ByRule;
  /** Declarations in which the last check does. */
  standing: ByRule;
  /** Accounts that findings name. */
  named: ByRule;
}

export const nothingFound: Findings = { told: new Map(), standing: new Map(), named: new Map() };

const day = 86_400_000;

/** A rulebook of these alone: the others find what nobody counts here. */
function rulebook(folder: string, rules: readonly string[]): string {
  const own = join(folder, 'rules');
  const shipped = fromRoot('rules');
  cpSync(join(shipped, 'base'), join(own, 'base'), { recursive: true });
  for (const section of readdirSync(shipped)) {
    if (section === 'base') continue;
    mkdirSync(join(own, section), { recursive: true });
    for (const file of readdirSync(join(shipped, section)))
      if (rules.some((rule) => file.startsWith(`${rule}-`)))
        cpSync(join(shipped, section, file), join(own, section, file));
  }
  return own;
}

export async function findingsOf(simulation: Simulation, rules: readonly string[]): Promise<Findings> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-detection-'));
  const store = await openDuckdb(join(folder, 'store'));
  const started = Date.now();
  // It goes on: what is recorded comes after what was recorded before.
  const now = () => new Date((simulation.end + 2) * day + Date.now() - started);
  const desk = { ...(await openDesk({ store, rules: rulebook(folder, rules) })), now };
  try {
    for await (const _ of simulation.records());
    await takeIn(simulation, store, desk);
    return await rowsByRule(store, rules);
  } finally {
    desk.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Imported as a folder is, projected, and looked at once more as `crosscheck recheck` does. All its records were made before: who
 * was in session where is known when all has happened.
 */
export async function takeIn(simulation: Simulation, store: Store, desk: OpenDesk): Promise<void> {
  const people = storedPeople(store);
  await openReferences(store, people).put(referencesOf(simulation), desk.now().toISOString());
  await desk.refresh();
  const office = openOffice(desk, store, people);
  await importRecords(office, recordsOf(simulation));
  await project(store);
  await recheck(store, desk, office);
  await project(store);
}

async function rowsByRule(store: Store, rules: readonly string[]): Promise<Findings> {
  const empty = () => new Map(rules.map((rule) => [rule, new Set<string>()]));
  const found = { told: empty(), standing: empty(), named: empty() };
  const accounts = new Map<string, string>();
  for await (const { id, officer } of pages<PersonDocument>(store, specs.people)) accounts.set(officer, id);
  for await (const row of pages<FindingRow>(store, finding.spec)) {
    const { rule, declaration, current, officer } = row;
    if (rule === null || declaration === null || !found.told.has(rule)) continue;
    found.told.get(rule)!.add(declaration);
    if (current === 1) found.standing.get(rule)!.add(declaration);
    if (officer !== null) found.named.get(rule)!.add(accounts.get(officer)!);
  }
  return found;
}

async function* pages<T extends { id: string }>(store: Store, spec: CollectionSpec): AsyncGenerator<T> {
  let at = 0;
  for (;;) {
    const page = await store.collection<T>(spec).since(at, 2_000);
    if (page.length === 0) return;
    for (const { doc, seq } of page) {
      at = seq;
      yield doc;
    }
  }
}
