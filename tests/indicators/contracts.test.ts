import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fromRoot } from '../../src/ground/paths.ts';
import {
  type Contract,
  loadContract,
  type Objective,
  useContract,
} from '../../src/indicators/contracts/contract.ts';
import {
  achievement,
  easedBy,
  judgeObjective,
  medianOf,
  thresholdOf,
  totalOf,
} from '../../src/indicators/contracts/marks.ts';
import { comment, countersign, drawUp, file, issue } from '../../src/indicators/contracts/sheet.ts';
import { trainingNeeds } from '../../src/indicators/contracts/training.ts';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import { definitionOf, loadIndicators, soundIndicators } from '../../src/indicators/load.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { storeForty } from './forty/read.ts';

const today = '2026-04-30';
const { definitions } = soundIndicators(undefined, today);
const inspectorFile = fromRoot('profiles', 'contracts', 'inspector.yaml');
const inspector = loadContract(inspectorFile, definitions);

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-contracts-'));
let store: Store;
beforeAll(async () => {
  store = await openDuckdb(folder);
  await storeForty(store);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a contract file', () => {
  const changed = (change: (contract: Contract) => void): Contract => {
    const copy = parse(readFileSync(inspectorFile, 'utf8')) as Contract;
    change(copy);
    return copy;
  };

  it('is shipped for officers and for firms', () => {
    expect(inspector.party).toBe('officer');
    expect(loadContract(fromRoot('profiles', 'contracts', 'firm.yaml'), definitions).party).toBe('importer');
  });

  it.each([
    [
      'an indicator that is not there',
      (c: Contract) => (c.objectives[0]!.measured.indicator = 'I99'),
      /no indicator I99/,
    ],
    [
      'a figure that is not there',
      (c: Contract) => (c.objectives[0]!.measured.figure = 'shore'),
      /no figure shore/,
    ],
    [
      'an indicator that tells no officers',
      (c: Contract) => (c.objectives[0]!.measured = { indicator: 'I04', figure: 'median' }),
      /not told by officer/,
    ],
    [
      'revenue as an officer’s target',
      (c: Contract) => (c.objectives[0]!.measured = { indicator: 'I02', figure: 'revenue' }),
      /not paid by what he is given/,
    ],
    [
      'revenue against what was expected',
      (c: Contract) => (c.objectives[0]!.measured = { indicator: 'I02', figure: 'ratio' }),
      /nobody is paid by it/,
    ],
    [
      'an integrity indicator',
      (c: Contract) => (c.objectives[0]!.measured = { indicator: 'I14', figure: 'share' }),
      /integrity unit alone/,
    ],
    [
      'a target that counters itself',
      (c: Contract) => (c.objectives[0]!.counter = { indicator: 'I05', figure: 'share' }),
      /no counter of itself/,
    ],
    [
      'a gaming check that is not there',
      (c: Contract) => (c.objectives[0]!.gaming = ['G99']),
      /no gaming check G99/,
    ],
    ['no counter', (c: Contract) => Reflect.deleteProperty(c.objectives[0]!, 'counter'), /counter/],
  ])('is refused with %s', (_, change, words) => {
    expect(() => useContract(changed(change), definitions)).toThrow(words);
  });
});

describe('marks', () => {
  const objective = inspector.objectives[0] as Objective;
  const history = [
    { period: '2025-03', value: 50, n: 40 },
    { period: '2024-03', value: 80, n: 40 },
    { period: '2023-03', value: 60, n: 40 },
  ];
  const told = {
    value: 45,
    n: 100,
    threshold: thresholdOf(history, 1),
    counter: { value: 2, threshold: 5 },
  };
  const context = { month: 3, fewest: 30 };

  it('take their threshold from the median of the same months of three years before', () => {
    expect(medianOf([50, 80, 60])).toBe(60);
    expect(medianOf([50, 80])).toBe(65);
    expect(thresholdOf(history, 1.1)!.value).toBeCloseTo(66);
    expect(thresholdOf([], 1)).toBeUndefined();
  });

  it('are the share of the threshold that was reached, of the full mark', () => {
    expect(judgeObjective(inspector, objective, told, context)).toMatchObject({
      achievement: 0.75,
      mark: 15,
    });
    expect(judgeObjective(inspector, objective, { ...told, value: 90 }, context)).toMatchObject({ mark: 20 });
    expect(achievement(4, 2, 'down')).toBe(0.5);
  });

  it('are not given on few cases, without history, or in a month that is like no other', () => {
    expect(judgeObjective(inspector, objective, { ...told, n: 29 }, context)).toMatchObject({
      mark: null,
      why: 'too few cases',
    });
    expect(judgeObjective(inspector, objective, { ...told, threshold: undefined }, context)).toMatchObject({
      why: 'no history',
    });
    const thin = thresholdOf([{ period: '2025-03', value: 60, n: 29 }], 1);
    expect(judgeObjective(inspector, objective, { ...told, threshold: thin }, context)).toMatchObject({
      mark: null,
      why: 'no history',
    });
    expect(judgeObjective(inspector, objective, told, { ...context, month: 12 })).toMatchObject({
      why: 'excluded month',
    });
  });

  it('are not none for a single case where the history shows nothing at all', () => {
    const down = inspector.objectives.find(({ id }) => id === 'stock')!;
    const none = thresholdOf(
      history.map((each) => ({ ...each, value: 0 })),
      1,
    );
    const stock = (value: number) =>
      judgeObjective(inspector, down, { ...told, value, threshold: none }, context);
    expect(stock(1)).toMatchObject({ mark: null, why: 'the history shows none of it' });
    expect(stock(0)).toMatchObject({ mark: 20, coefficient: 1 });
  });

  it('ask no more than the office’s history, and less of who was given harder work', () => {
    const usual = thresholdOf(history, 1)!;
    // His colleagues do 30 of 100 on his work the same day, the office 60 on all of it: half is asked.
    expect(easedBy(usual, { peers: 30, office: 60 }, 'up')).toMatchObject({ value: 30, work: 0.5 });
    expect(easedBy(usual, { peers: 90, office: 60 }, 'up')).toBe(usual);
    expect(easedBy(usual, { peers: 12, office: 6 }, 'down')).toMatchObject({ value: 120, work: 2 });
    expect(easedBy(usual, { peers: 3, office: 6 }, 'down')).toBe(usual);
    expect(easedBy(usual, { peers: undefined, office: 60 }, 'up')).toBe(usual);
    expect(easedBy(usual, { peers: 30, office: 0 }, 'down')).toBe(usual);
    const eased = { ...told, threshold: easedBy(usual, { peers: 45, office: 60 }, 'up') };
    expect(judgeObjective(inspector, objective, eased, context)).toMatchObject({ achievement: 1, mark: 20 });
  });

  it('are held while the counter-indicator is worse than it was', () => {
    const gamed = { ...told, value: 90, counter: { value: 9, threshold: 5 } };
    expect(judgeObjective(inspector, objective, gamed, context)).toMatchObject({
      mark: null,
      why: 'held: the counter-indicator got worse',
      counter: { worse: true },
    });
  });

  it('are not held for a counter-indicator that differs from its history by chance alone', () => {
    const counter = (value: number, limits: [number, number | null]) =>
      judgeObjective(
        inspector,
        objective,
        { ...told, value: 90, counter: { value, threshold: 5, limits } },
        context,
      );
    // 2 of 30 and 20 of 300 re-opened where 5 % were: the first is nothing, 40 of 300 is.
    expect(counter(6.7, [1.8, 21.3])).toMatchObject({ mark: 20, counter: { worse: false } });
    expect(counter(13.3, [9.9, 17.6])).toMatchObject({ mark: null, counter: { worse: true } });
    expect(objective.counterBetter).toBe('down');
  });

  it('are held while a gaming check of the target asks to look closer', () => {
    expect(judgeObjective(inspector, objective, { ...told, gaming: ['G01'] }, context)).toMatchObject({
      mark: null,
      why: 'held: a gaming check asks to look closer',
      gaming: ['G01'],
    });
  });

  it('add up by their coefficients, and what was not given weighs nothing', () => {
    const result = (id: string, mark: number | null) => ({
      ...judgeObjective(inspector, objective, told, context),
      objective: id,
      mark,
    });
    // (2 × 20 + 1 × 8) / 3
    expect(
      totalOf(inspector.objectives, [result('sameDay', 20), result('slowTail', 8), result('hits', null)]),
    ).toBe(16);
    expect(totalOf(inspector.objectives, [result('hits', null)])).toBeNull();
  });
});

describe('a mark sheet', () => {
  it('takes whole months of the years before, the 29th of February as well', async () => {
    const days: (string | undefined)[] = [];
    const inner = sourceOf(store);
    // What is asked of the store, by the bounds in its filters.
    const watched = new Proxy(inner, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          days.push(...(JSON.stringify(args).match(/\d{4}-02-(28|29)/g) ?? []));
          return value.apply(target, args);
        };
      },
    });
    const one = { ...inspector, from: '2025-01-01', objectives: inspector.objectives.slice(0, 1) };
    await drawUp(watched, definitions, {
      contract: one,
      subject: 'anna',
      period: '2025-02',
      office: 'PORT',
      drawnUpBy: 'chief',
      today,
    });
    expect(new Set(days)).toEqual(new Set(['2025-02-28', '2024-02-29', '2023-02-28', '2022-02-28']));
  });

  it('is drawn up from the officer’s figures and the office’s own history', async () => {
    const easy = { ...inspector, objectives: inspector.objectives.slice(0, 1) };
    const few = new Map(definitions).set('I05', { ...definitions.get('I05')!, minimum: { n: 4 } });
    const sheet = await drawUp(sourceOf(store), few, {
      contract: easy,
      subject: 'anna',
      period: '2026-03',
      office: 'PORT',
      drawnUpBy: 'chief',
      today,
    });
    // March 2026: anna assessed 13, all but D03 on the day. March 2025 at PORT: D39 of four was not.
    expect(sheet.results[0]).toMatchObject({
      n: 13,
      threshold: { value: 75, origin: [{ period: '2025-03', value: 75, n: 4 }] },
      // D24 was re-opened, in 2025 none was: the mark is held.
      why: 'held: the counter-indicator got worse',
    });
    expect(sheet.results[0]!.value).toBeCloseTo((12 / 13) * 100, 9);
    await file(store, sheet);
  });

  it('goes from comment to countersignature to issue, by different people, and is frozen then', async () => {
    const id = 'inspector|anna|PORT|2026-03';
    await expect(countersign(store, id, 'director')).rejects.toThrow(/must be commented first/);
    await expect(
      comment(store, id, { by: 'bert', text: 'well done', at: '2026-04-02T08:00:00.000Z' }),
    ).rejects.toThrow(/only the person/);
    await comment(store, id, {
      by: 'anna',
      text: 'D24 was re-opened on instruction',
      at: '2026-04-02T08:00:00.000Z',
    });
    await expect(countersign(store, id, 'chief')).rejects.toThrow(/drew it up/);
    await countersign(store, id, 'director');
    const issued = await issue(store, id, '2026-04-03T08:00:00.000Z');
    expect(issued.status).toBe('issued');
    await expect(file(store, { ...issued, status: 'drawn up', total: 20 })).rejects.toThrow(/stays as it is/);
  });
});

describe('gaming checks', () => {
  const gaming = loadIndicators(today, fromRoot('profiles', 'contracts', 'gaming'));
  const period = { from: '2026-01-01', to: '2026-04-30' };
  const told = async (id: string) => {
    const table = await figures(sourceOf(store), definitionOf(gaming, id), { ...period }, today);
    return Object.fromEntries(
      table.rows.map((row) => [row.key.officer, Object.values(row.figures)[0]!.value]),
    );
  };

  it('are sound definitions', () => {
    expect(gaming.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect([...gaming.definitions.keys()]).toEqual(['G01', 'G02', 'G03', 'G04']);
  });

  it('find what was assessed on the day and opened again', async () => {
    // anna: D24 of the twelve that she assessed on the day.
    expect((await told('G01')).anna).toBeCloseTo(100 / 12, 9);
  });

  it('find disputes that were split', async () => {
    // carl: three offences on D25 and D26.
    expect(await told('G02')).toEqual({ carl: 1.5 });
  });

  it('find no token adjustment where none is below one percent', async () => {
    expect(await told('G03')).toEqual({ carl: 0, cora: 0, fay: 0 });
  });

  it('find what was left lying', async () => {
    // bert: D19 of the ten assigned to him.
    expect((await told('G04')).bert).toBe(10);
  });
});

describe('a training-need profile', () => {
  it('names the subjects that an officer’s controls miss, beside what they find', async () => {
    expect(await trainingNeeds(store, 'carl', { from: '2026-03-01', to: '2026-03-31' })).toEqual([
      { subject: 'value', chapters: ['61'], missed: 1, found: 1 },
    ]);
    expect(await trainingNeeds(store, 'cora', { from: '2026-03-01', to: '2026-03-31' })).toEqual([]);
  });
});
