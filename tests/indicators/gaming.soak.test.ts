/**
 * Gaming checks where nobody does wrong (profiles/contracts/gaming): marks are held no oftener than the rate that is
 * stated. Every officer of every office of the harbour (other/harbour.ts) is asked as a mark sheet of December asks, with
 * the year to look back to. An office and a check is a family. GAMING_RUNS: administrations under each rule.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EventDocument } from '../../src/check/collections.ts';
import { gamingChecks, gamingOf } from '../../src/indicators/contracts/gaming.ts';
import { type Source, sourceOf } from '../../src/indicators/figure.ts';
import { clopperPearson } from '../../src/indicators/statistics/binomial.ts';
import { usualDiscoveryRate } from '../../src/indicators/statistics/verdict.ts';
import { assignmentRules } from '../../src/simulate/options.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { harbour, storeHarbour } from './other/harbour.ts';

const runs = Number(process.env.GAMING_RUNS ?? 25);
const month = { from: '2025-12-01', to: '2025-12-31', earliest: '2025-01-01' };

/** Who was given any of these declarations. */
const officersOf = (events: readonly EventDocument[], declarations: ReadonlySet<string>): Set<string> =>
  new Set(
    events
      .filter(({ kind, declaration }) => kind === 'ASSIGN' && declarations.has(declaration))
      .map(({ to }) => to!),
  );

/** Colleagues look back over the same months: a table of theirs is asked for once. */
function remembering(source: Source): Source {
  const known = new Map<string, ReturnType<Source['tabulate']>>();
  return {
    tabulate(asked) {
      const key = JSON.stringify([asked.table, asked.query]);
      const answer = known.get(key) ?? source.tabulate(asked);
      known.set(key, answer);
      return answer;
    },
  };
}

interface Tally {
  families: number;
  alarms: number;
  /** Officers that something was told of, and those of them that were held. */
  told: number;
  held: number;
}

describe('gaming checks where there is nothing to discover', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-gaming-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(assignmentRules)('hold a mark no oftener than is stated under the rule: %s', async (rule) => {
    const tallies = new Map<string, Tally>();
    for (let run = 1; run <= runs; run++) {
      const home = join(folder, `${rule}-${run}`);
      const store = await openDuckdb(home);
      try {
        const made = harbour({ seed: 1000 + run, rule, days: 365, disputes: true });
        await storeHarbour(store, made);
        const source = remembering(sourceOf(store));
        for (const office of ['PORT', 'LAND', 'AIR']) {
          const results = new Map<string, { told: number; held: number }>();
          const there = made.declarations.filter((each) => each.office === office);
          for (const officer of officersOf(made.events, new Set(there.map(({ reference }) => reference))))
            for (const { check, state } of await gamingOf(
              source,
              gamingChecks().values(),
              { officer, office, ...month },
              month.to,
            )) {
              const result = results.get(check) ?? { told: 0, held: 0 };
              if (state !== 'insufficient data') result.told++;
              if (state === 'look closer') result.held++;
              results.set(check, result);
            }
          for (const [check, { told, held }] of results) {
            const tally = tallies.get(check) ?? { families: 0, alarms: 0, told: 0, held: 0 };
            tally.families += told > 0 ? 1 : 0;
            tally.alarms += held > 0 ? 1 : 0;
            tally.told += told;
            tally.held += held;
            tallies.set(check, tally);
          }
        }
      } finally {
        await store.close();
        rmSync(home, { recursive: true, force: true });
      }
    }
    for (const [check, { families, alarms, told, held }] of tallies) {
      console.log(
        `${rule}, ${check}: ${alarms} of ${families} offices with a mark held; ${held} of ${told} officers`,
      );
      const { low } = clopperPearson(alarms, families, 0.9);
      expect(low, `${check}: ${alarms} of ${families}`).toBeLessThanOrEqual(usualDiscoveryRate);
      // Nothing is shown by a check that tells of nobody.
      expect(told, check).toBeGreaterThan(2 * runs);
    }
  });
});
