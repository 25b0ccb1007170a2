/**
 * What the shipped rules find in a made-up administration: its reference records and declarations go through the product's own
 * import into an embedded store, on the day after its last. Answers the declarations by rule.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as specs from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { importRecords } from '../../src/check/import.ts';
import { openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { storedPeople } from '../../src/check/people.ts';
import { recordsOf, referencesOf } from '../../src/cli/sample.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import type { Simulation } from '../../src/simulate/administration.ts';
import { openReferences } from '../../src/sources/reference/store.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';

export type Findings = ReadonlyMap<string, ReadonlySet<string>>;

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
  const now = () => new Date((simulation.end + 2) * day);
  const desk = { ...(await openDesk({ store, rules: rulebook(folder, rules) })), now };
  try {
    const people = storedPeople(store);
    await openReferences(store, people).put(referencesOf(simulation), now().toISOString());
    await desk.refresh();
    await importRecords(openOffice(desk, store, people), recordsOf(simulation));
    const found = new Map(rules.map((rule) => [rule, new Set<string>()]));
    const checks = store.collection<CheckDocument>(specs.checks);
    let at = 0;
    for (;;) {
      const page = await checks.since(at, 2_000);
      if (page.length === 0) return found;
      for (const { doc, seq } of page) {
        at = seq;
        for (const { rule } of doc.findings) found.get(rule)?.add(doc.declaration);
      }
    }
  } finally {
    desk.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
