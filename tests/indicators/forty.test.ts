import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dimensionsOf } from '../../src/indicators/dimensions.ts';
import { declarationsBehind } from '../../src/indicators/drill.ts';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import { definitionOf, loadIndicators, soundIndicators } from '../../src/indicators/load.ts';
import { methodOf } from '../../src/indicators/methods/table.ts';
import { withPrices } from '../../src/indicators/prices.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { openMongo } from '../../src/store/mongo/store.ts';
import type { Store } from '../../src/store/port.ts';
import { mongoUri, stopMongo } from '../store/mongod.ts';
import { fortyFolder, storeForty } from './forty/read.ts';

interface Expected {
  indicator: string;
  by: string;
  figure: string;
  means: string;
  request?: { from: string; to: string };
  rows: {
    key: string | null;
    value: number | null;
    n: number;
    within?: '1 %' | '2 points';
    working: string;
  }[];
}
const expected = parse(readFileSync(join(fortyFolder, 'figures.yaml'), 'utf8')) as Expected[];

const today = '2026-04-30';
const period = { from: '2026-01-01', to: '2026-04-30' };
const loaded = soundIndicators(undefined, today);
/** As the files have it, before the price indices are put in. */
const soundPlain = loadIndicators(today);

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-forty-'));
let duckdb: Store;
const uri = await mongoUri('forty');
let mongo: Store | undefined;
beforeAll(async () => {
  duckdb = await openDuckdb(folder);
  mongo = uri === undefined ? undefined : await openMongo(uri);
  await Promise.all([duckdb, mongo].map((store) => store && storeForty(store)));
}, 120_000);
afterAll(async () => {
  await duckdb.close();
  await mongo?.close();
  await stopMongo();
  rmSync(folder, { recursive: true, force: true });
});

/** What no plan tells is worked out in forty-batches.test.ts. */
const inBatches = ['I29 officerDeclarant', 'I29 assignerDeclarant', 'I33 gap', 'T06 age'];
const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${letter}${String(i + 1).padStart(2, '0')}`);

describe('forty declarations counted on paper', () => {
  it('stand behind every figure of all 37 indicators and six tables', () => {
    const worked = new Set(expected.map(({ indicator, figure }) => `${indicator} ${figure}`));
    const all = [...loaded.definitions.values()].flatMap(({ id, figures: specs }) =>
      specs.map((figure) => ({ name: `${id} ${figure.id}`, planned: methodOf(figure) !== undefined })),
    );
    expect([...loaded.definitions.keys()].sort()).toEqual([...numbered('I', 37), ...numbered('T', 6)]);
    expect(all.filter(({ planned }) => !planned).map(({ name }) => name)).toEqual(inBatches);
    const told = all.flatMap(({ name, planned }) => (planned ? [name] : []));
    expect(told.filter((each) => !worked.has(each))).toEqual([]);
  });

  it.each(expected)('$indicator $figure by $by: $means', async ({ indicator, by, figure, rows, request }) => {
    const definition = definitionOf(loaded, indicator);
    const table = await figures(sourceOf(duckdb), definition, { by: [by], ...(request ?? period) }, today);
    const found = table.rows.map((row) => ({ key: row.key[by] ?? null, ...row.figures[figure]! }));
    expect(found.map(({ key, n }) => ({ key, n }))).toEqual(rows.map(({ key, n }) => ({ key, n })));
    rows.forEach(({ key, value, within, working }, i) => {
      const { value: told } = found[i]!;
      const place = `${indicator} ${figure} of ${key}: ${working}`;
      if (value === null || told === null) expect(told, place).toBe(value);
      else if (within === '1 %')
        expect(Math.abs(told - value), place).toBeLessThanOrEqual(value * 0.0101 + 0.001);
      else if (within === '2 points') expect(Math.abs(told - value), place).toBeLessThanOrEqual(2);
      else expect(told, place).toBeCloseTo(value, 6);
    });
  });

  it('are told in constant money once there is an index', async () => {
    const prices = { EUR: { '2025-03': 100, '2026-01': 104, '2026-02': 105, '2026-03': 110 } };
    const tell = async (id: string, by: string) => {
      const definition = withPrices(soundPlain.definitions.get(id)!, prices);
      const request = { by: [by], from: '2026-03-01', to: '2026-03-31' };
      return (await figures(sourceOf(duckdb), definition, request, today)).rows;
    };
    // 20,550 paid, less 21 times the 600 of March 2025, which are 660 in the money of March 2026.
    const [port] = await tell('I03', 'office');
    expect(port!.figures.addedConstant!.value).toBeCloseTo(2_055_000 - 21 * 66_000, 6);
    expect(port!.figures.addedConstant!.note).toBeUndefined();
    const plain = (await tell('I18', 'officer')).find(({ key }) => key.officer === 'carl')!.figures;
    expect(plain.perCorrectionConstant!.value).toBeCloseTo(plain.perCorrection!.value!, 6);
  });

  it.skipIf(uri === undefined)(
    'are the same figures on both stores to the last digit, by every dimension',
    async () => {
      for (const definition of loaded.definitions.values()) {
        const told = (store: Store) =>
          Promise.all(
            dimensionsOf(definition).map((dimension) =>
              figures(sourceOf(store), definition, { by: [dimension], ...period }, today),
            ),
          );
        const [one, other] = await Promise.all([told(duckdb), told(mongo!)]);
        expect(other, definition.id).toEqual(one);
      }
    },
    120_000,
  );

  it('are found again behind each figure, as many as its n', async () => {
    let figuresSeen = 0;
    for (const definition of loaded.definitions.values()) {
      for (const dimension of dimensionsOf(definition)) {
        const table = await figures(sourceOf(duckdb), definition, { by: [dimension], ...period }, today);
        for (const row of table.rows) {
          // Figures of one row often stand on the same declarations; each filter is followed once.
          const links = new Map(
            Object.values(row.figures).map(({ behind, n }) => [JSON.stringify(behind), { behind, n }]),
          );
          for (const { behind, n } of links.values()) {
            const { references } = await declarationsBehind(duckdb, behind, { limit: 100 });
            expect(references.length, `${definition.id} by ${dimension} ${JSON.stringify(row.key)}`).toBe(n);
            figuresSeen += 1;
          }
        }
      }
    }
    expect(figuresSeen).toBeGreaterThan(1_000);
  }, 120_000);

  it('are found page by page in the order of their references', async () => {
    const table = await figures(sourceOf(duckdb), definitionOf(loaded, 'I01'), { by: [], ...period }, today);
    const { behind, n } = table.rows[0]!.figures.count!;
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await declarationsBehind(duckdb, behind, {
        limit: 7,
        ...(after === undefined ? {} : { after }),
      });
      seen.push(...page.references);
      after = page.next;
    } while (after !== undefined);
    expect(seen).toHaveLength(n);
    expect(seen).toEqual([...new Set(seen)].sort());
  });
});
