/** Nobody in a clean administration does wrong: no rule that speaks of an error finds one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkAlone } from '../../src/check/alone.ts';
import * as specs from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { type Asked, namedFacts } from '../../src/check/evidence.ts';
import { importRecords } from '../../src/check/import.ts';
import { openOffice } from '../../src/check/lodge.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { storedPeople } from '../../src/check/people.ts';
import { openSettings } from '../../src/check/settings.ts';
import { identify } from '../../src/intake/identity.ts';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { smallForm } from '../../src/simulate/options.ts';
import { referenceRecords } from '../../src/simulate/reference.ts';
import { openReferences } from '../../src/sources/reference/store.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';

const options = { ...smallForm, offices: 5, officers: 30, days: 90, declarations: 250 };

async function* clean(): AsyncGenerator<IntakeRecord> {
  for await (const { declaration, trail = [], outcomes = [] } of simulate(options).records()) {
    yield { kind: 'declaration', identity: identify(declaration), declaration, trail, outcomes, where: {} };
  }
}

describe('the catalogue on a simulated administration without misconduct', () => {
  it('finds no error', async () => {
    const desk = await openDesk();
    const errors: string[] = [];
    let checked = 0;
    for await (const result of checkAlone(desk, clean())) {
      expect(result.kind).toBe('checked');
      if (result.kind !== 'checked') continue;
      checked++;
      for (const { rule, class: severity, message } of result.check.findings) {
        if (severity === 'error') errors.push(`${result.check.declaration} ${rule} ${message.en}`);
      }
    }
    expect(errors).toEqual([]);
    expect(checked).toBeGreaterThan(200);
  });

  it('finds no error where its tariff, registers and history are known, and lets most of it pass', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clean-'));
    const store = await openDuckdb(folder);
    const desk = await openDesk({ store });
    try {
      const people = storedPeople(store);
      const simulation = simulate(options);
      const inputs = Object.entries(referenceRecords).flatMap(([kind, write]) =>
        [...write(simulation)].map((record) => ({ kind, record })),
      );
      await openReferences(store, people).put(inputs, desk.now().toISOString());
      await desk.refresh();
      const { refused, declarations, lanes } = await importRecords(openOffice(desk, store, people), clean());
      expect(refused).toBe(0);
      const errors: string[] = [];
      const known = new Set<string>();
      const settings = openSettings(store);
      const checks = store.collection<CheckDocument>(specs.checks);
      for (const { doc: check } of await checks.since(0, 1_000)) {
        const { asked, values, items } = check.evidence;
        const calls = (await settings.read('asked', asked as string)) as Asked;
        const facts = [
          ...Object.keys(namedFacts(calls.declaration, values)),
          ...items.flatMap((placed) => Object.keys(namedFacts(calls.item, placed))),
        ];
        for (const key of facts) known.add(key.split('(')[0]!);
        for (const { rule, class: severity, message } of check.findings)
          if (severity === 'error') errors.push(`${check.declaration} ${rule} ${message.en}`);
      }
      expect(errors).toEqual([]);
      // Without these the rules that read them would not have been evaluated, and no error would mean nothing.
      for (const fact of ['item.tariff.missingUnits', 'item.tariff.missingDocuments', 'related.count'])
        expect(known).toContain(fact);
      expect(lanes.green).toBeGreaterThan(0.7 * declarations.new);
    } finally {
      desk.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
