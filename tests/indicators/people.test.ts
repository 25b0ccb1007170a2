import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collections, declarations, events } from '../../src/check/collections.ts';
import { storedPeople } from '../../src/check/people.ts';
import { openSettings } from '../../src/check/settings.ts';
import { withAge } from '../../src/indicators/age.ts';
import { assignmentKnowledge } from '../../src/indicators/assignment.ts';
import { declarationsBehind } from '../../src/indicators/drill.ts';
import { figures, sourceOf } from '../../src/indicators/figure.ts';
import { soundIndicators } from '../../src/indicators/load.ts';
import { keepPartnerRows, mirrorGaps, readPartnerRows, withMirror } from '../../src/indicators/mirror.ts';
import { noKnowledge, pairTable } from '../../src/indicators/pairs.ts';
import { confirmPhase, figuresInPhase, phases, phasesAt, proposePhase } from '../../src/indicators/phase.ts';
import { editionsOf, freeze, seriesOf } from '../../src/indicators/snapshot.ts';
import { project } from '../../src/projections/project.ts';
import { openReferences, referenceDocument, references } from '../../src/sources/reference/store.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { storeForty } from './forty/read.ts';

const today = '2026-04-30';
const period = { from: '2026-01-01', to: '2026-04-30' };
const { definitions } = soundIndicators(undefined, today);
const sameDay = definitions.get('I05')!;

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-people-'));
let store: Store;
beforeAll(async () => {
  store = await openDuckdb(folder);
  await storeForty(store);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An office LAND with six officers, each with ten declarations; broker X meets officer o1 alone. */
async function landOffice(): Promise<void> {
  const officers = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6'];
  const docs: Collections['declaration'][] = [];
  const trail: Collections['event'][] = [];
  for (let i = 0; i < 120; i++) {
    const id = `L${String(i).padStart(3, '0')}`;
    const day = `2026-02-${String(1 + (i % 4)).padStart(2, '0')}`;
    const colluding = i % 6 === 0;
    const officer = officers[i % 6]!;
    const at = `${day}T07:00:00.000Z`;
    const local = `${day}T08:00:00+01:00`;
    docs.push({
      id: `${id}#1`,
      reference: id,
      version: 1,
      provisional: false,
      content: id,
      office: 'LAND',
      flow: 'import',
      declarant: colluding ? 'X' : `Y${i % 5}`,
      consignee: 'M',
      consignor: null,
      occurredAt: at,
      recordedAt: at,
      declaration: { format: 'json', office: 'LAND', flow: 'import', items: [{ number: 1, hs: '851713' }] },
    });
    const common = { declaration: id, at, local, enteredAt: null, recordedAt: at };
    trail.push(
      { id: `${id}-R`, kind: 'REGISTER', officer: null, ...common },
      { id: `${id}-A`, kind: 'ASSIGN', officer: null, to: officer, cause: 'engine', ...common },
      { id: `${id}-S`, kind: 'ASSESS', officer, ...common },
    );
  }
  await store.collection<Collections['declaration']>(declarations).put(docs);
  await store.collection<Collections['event']>(events).put(trail);
  await project(store);
}

describe('first digits', () => {
  it('tell why they are applied to nobody who does not choose the values', async () => {
    const { rows } = await figures(
      sourceOf(store),
      definitions.get('I32')!,
      { by: ['officer'], ...period },
      today,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { figures } of rows)
      expect(figures.digits).toMatchObject({
        state: 'not applicable',
        note: 'first digits are the traders’: no officer chooses the values that he is given',
      });
  });
});

describe('phases', () => {
  const view = async () => ({ phaseOf: await phasesAt(store, today), key: 'held by internal audit' });

  it('begin as descriptive: officers under surrogates of the period, and none where an office has fewer than five', async () => {
    await landOffice();
    const table = await figuresInPhase(
      sourceOf(store),
      sameDay,
      { by: ['officer'], ...period },
      today,
      await view(),
    );
    expect(table.by).toEqual(['office', 'officer']);
    // PORT has two who assess and AIR one.
    expect(table.rows.map(({ key }) => key.office)).toEqual(Array(6).fill('LAND'));
    expect(table.rows.every(({ key }) => /^P-[\w-]{10}$/.test(key.officer!))).toBe(true);
    expect(JSON.stringify(table)).not.toMatch(/"o[1-6]"/);
  });

  it('give another surrogate in another period, so that months cannot be joined to a person', async () => {
    const names = async (to: string) =>
      (
        await figuresInPhase(
          sourceOf(store),
          sameDay,
          { by: ['officer'], ...period, to },
          today,
          await view(),
        )
      ).rows.map(({ key }) => key.officer!);
    const [one, other] = [await names('2026-04-30'), await names('2026-03-31')];
    expect(new Set([...one, ...other]).size).toBe(12);
  });

  it('show nothing behind a veiled row, and refuse to be asked for one officer', async () => {
    const table = await figuresInPhase(
      sourceOf(store),
      sameDay,
      { by: ['officer'], ...period },
      today,
      await view(),
    );
    const { behind } = table.rows[0]!.figures.share!;
    expect((await declarationsBehind(store, behind, { limit: 10 })).references).toEqual([]);
    await expect(
      figuresInPhase(
        sourceOf(store),
        sameDay,
        { by: [], where: ['officer = o1'], ...period },
        today,
        await view(),
      ),
    ).rejects.toThrow(/not told of one officer/);
  });

  it('hold a cell to five officers with its filters, not without them', async () => {
    const filtered = await figuresInPhase(
      sourceOf(store),
      sameDay,
      { by: ['officer'], where: ['declarant = X'], ...period },
      today,
      await view(),
    ).catch((thrown: Error) => thrown);
    // I05 is not told by declarant; the filter is still a column of its table, and leaves one officer.
    expect(filtered).toMatchObject({ rows: [] });
  });

  const proposal = {
    office: 'LAND',
    phase: 'prescriptive' as const,
    proposedBy: 'director',
    grounds: 'decision 12',
  };
  const seen = async () => {
    const asked = { by: ['officer'], ...period };
    const table = await figuresInPhase(sourceOf(store), sameDay, asked, today, await view());
    return table.rows.map(({ key }) => key.officer);
  };

  it('change by two people, office by office', async () => {
    const id = await proposePhase(store, { ...proposal, from: '2026-04-01' }, '2026-03-20T08:00:00.000Z');
    expect((await phasesAt(store, today))('LAND')).toBe('descriptive');
    const confirm = (by: string) => confirmPhase(store, id, by, '2026-03-31T23:00:00.000Z');
    await expect(confirm('director')).rejects.toThrow(/second person/);
    await confirm('union');
    await expect(confirm('somebody else')).rejects.toThrow(/confirmed by union/);
    const phaseOf = await phasesAt(store, today);
    expect([phaseOf('LAND'), phaseOf('PORT')]).toEqual(['prescriptive', 'descriptive']);
    expect((await phasesAt(store, '2026-03-31'))('LAND')).toBe('descriptive');
    // What was done before the switch stays nameless.
    expect((await seen()).filter((officer) => !officer!.startsWith('P-'))).toEqual([]);
  });

  it('never reach back: a prescriptive phase begins after the day on which the second person confirms it', async () => {
    const propose = (from: string, at: string) => proposePhase(store, { ...proposal, from }, at);
    const now = '2026-04-10T08:00:00.000Z';
    for (const from of [period.from, '2026-04-09', '2026-04-10'])
      await expect(propose(from, now), from).rejects.toThrow(/begins after the day/);
    const late = await propose('2026-04-12', now);
    await expect(confirmPhase(store, late, 'union', '2026-04-12T00:00:00.000Z')).rejects.toThrow(
      /propose a later/,
    );
    expect((await seen()).every((officer) => officer!.startsWith('P-'))).toBe(true);
  });

  it('may be put off, and take names away at once', async () => {
    const decide = async (phase: 'descriptive' | 'prescriptive', from: string, at: string) =>
      confirmPhase(store, await proposePhase(store, { ...proposal, phase, from }, at), 'union', at);
    const on = async (day: string) => (await phasesAt(store, day))('LAND');
    await decide('descriptive', '2026-04-01', '2026-03-31T23:30:00.000Z');
    expect(await on('2026-04-02')).toBe('descriptive');
    await decide('prescriptive', '2026-05-01', '2026-04-20T08:00:00.000Z');
    expect([await on('2026-04-30'), await on('2026-05-01')]).toEqual(['descriptive', 'prescriptive']);
    await decide('descriptive', '2026-04-15', '2026-04-21T08:00:00.000Z');
    expect(await on('2026-04-20')).toBe('descriptive');
    await store.collection(phases).clear();
    await decide('prescriptive', period.from, '2025-12-31T23:00:00.000Z');
    expect(await seen()).toEqual(['o1', 'o2', 'o3', 'o4', 'o5', 'o6']);
  });

  it('need the office where a table is asked by officer and something else', async () => {
    const request = { by: ['officer', 'month'], ...period };
    await expect(figuresInPhase(sourceOf(store), sameDay, request, today, await view())).rejects.toThrow(
      /office by office/,
    );
    const table = await figuresInPhase(
      sourceOf(store),
      sameDay,
      { ...request, where: ['office = LAND'] },
      today,
      await view(),
    );
    expect(table.rows).toHaveLength(6);
  });

  it('leave figures on no person as they are', async () => {
    const release = definitions.get('I04')!;
    expect(
      await figuresInPhase(sourceOf(store), release, { by: ['office'], ...period }, today, await view()),
    ).toEqual(await figures(sourceOf(store), release, { by: ['office'], ...period }, today));
  });
});

describe('peers', () => {
  it('are officers, and never what the system assessed by itself', async () => {
    // D19 and others were assessed by nobody; were they peers, every officer would look fast.
    const table = await figures(
      sourceOf(store),
      sameDay,
      { by: ['officer'], from: '2026-03-01', to: today },
      today,
    );
    const [nobody, anna, bert] = table.rows;
    expect(nobody!.key.officer).toBeNull();
    expect(anna!.key.officer).toBe('anna');
    // 12 of anna's 13, 8 of bert's 9 and all 7 of fay's on the day: 27 of 29.
    expect(bert!.figures.share!.benchmark).toBeCloseTo((27 / 29) * 100, 9);
    expect(nobody!.figures.share!.benchmark).toBe(0);
  });
});

describe('pairs', () => {
  const february = { from: '2026-02-01', to: '2026-02-28', side: 'officer' as const };

  it('that meet oftener than a random assignment lets them are shown, with what stands beside them', async () => {
    const table = await pairTable(store, {
      ...february,
      knowledge: { ...noKnowledge, ruleOf: () => 'random' },
    });
    const [first] = table.pairs;
    expect(first).toMatchObject({ officer: 'o1', declarant: 'X', observed: 20, verdict: 'look closer' });
    expect(first!.expected).toBeLessThan(7);
    expect(first!.corroboration.map(({ sign }) => sign)).toContain('fewer corrections');
    expect(table.eligibility).toBe('inferred');
  });

  it('are not applicable where the chief assigns or nothing was declared', async () => {
    const table = await pairTable(store, { ...february, knowledge: noKnowledge });
    expect(table.notApplicable).toBe(120);
    expect(table.pairs).toEqual([]);
  });

  it('are tested against the roster where there is one', async () => {
    const table = await pairTable(store, {
      ...february,
      knowledge: {
        ruleOf: () => 'random',
        onDuty: () => ['o1', 'o2', 'o3', 'o4', 'o5', 'o6'],
        hasHours: () => true,
      },
    });
    expect(table.eligibility).toBe('roster');
    expect(table.pairs[0]!.expected).toBeCloseTo(20 / 6, 9);
    expect(table.pairs[0]!.verdict).toBe('insufficient data');
  });
});

describe('what the administration says of assignments', () => {
  it('is read from its reference records: rule by office and time, roster by day and section', async () => {
    const at = '2026-01-01T00:00:00.000Z';
    const officers = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6', 'chief'];
    const inputs = [
      {
        kind: 'office',
        record: { office: 'LAND', assignment: 'random', from: '2026-01-01', to: '2026-06-30' },
      },
      { kind: 'office', record: { office: 'LAND', assignment: 'chief', from: '2026-07-01' } },
      ...['01', '02', '03', '04'].flatMap((day) =>
        officers.map((user) => ({
          kind: 'duty',
          record: {
            user,
            office: 'LAND',
            day: `2026-02-${day}`,
            from: `2026-02-${day}T00:00:00+01:00`,
            to: `2026-02-${day}T23:59:59+01:00`,
          },
        })),
      ),
    ];
    await store.collection(references).put(inputs.map((input) => referenceDocument(input, at)));
    const knowledge = await assignmentKnowledge(store, '2026-02-01', '2026-02-28');
    expect(knowledge.ruleOf('LAND', '2026-02-03')).toBe('random');
    expect(knowledge.ruleOf('LAND', '2026-08-01')).toBe('chief');
    expect(knowledge.ruleOf('PORT', '2026-02-03')).toBeUndefined();
    expect(knowledge.onDuty('LAND', '2026-02-05', null, null)).toBeUndefined();
    const table = await pairTable(store, {
      from: '2026-02-01',
      to: '2026-02-28',
      side: 'officer',
      knowledge,
    });
    // The chief is on the roster and is given nothing, so six could have been chosen.
    expect(table).toMatchObject({ eligibility: 'roster', notApplicable: 0 });
    expect(table.pairs[0]).toMatchObject({ officer: 'o1', declarant: 'X', observed: 20 });
    expect(table.pairs[0]!.expected).toBeCloseTo(20 / 6, 9);
  });
});

describe('frozen figures', () => {
  const march = { from: '2026-03-01', to: '2026-03-31' };
  const request = { indicator: 'I01', period: '2026-03' };

  it('never change, and a later correction makes a new edition with the difference', async () => {
    const count = definitions.get('I01')!;
    const tell = () => figures(sourceOf(store), count, { by: ['office'], ...march }, today);
    const first = await freeze(
      store,
      { ...request, frozenAt: '2026-04-05T00:00:00.000Z' },
      { figures: await tell() },
    );
    expect(first.edition).toBe(1);
    // The same figures again are the same edition.
    const again = await freeze(
      store,
      { ...request, frozenAt: '2026-04-06T00:00:00.000Z' },
      { figures: await tell() },
    );
    expect(again).toEqual(first);

    const one = (await store.collection<Collections['declaration']>(declarations).get('D01#1'))!.doc;
    const trail = (await store.collection<Collections['event']>(events).get('D01-E01'))!.doc;
    await store
      .collection<Collections['declaration']>(declarations)
      .put([{ ...one, id: 'LATE#1', reference: 'LATE', content: 'late' }]);
    await store
      .collection<Collections['event']>(events)
      .put([{ ...trail, id: 'LATE-E01', declaration: 'LATE' }]);
    await project(store);
    const second = await freeze(
      store,
      { ...request, frozenAt: '2026-05-05T00:00:00.000Z' },
      { figures: await tell() },
    );
    expect(second.edition).toBe(2);
    expect(second.differences).toEqual([{ key: '["PORT"]', figure: 'count', before: 26, after: 27 }]);
    const all = await editionsOf(store, seriesOf('I01', ['office'], '2026-03'));
    expect(all.map(({ edition, figures: told }) => [edition, told?.rows[0]?.figures.count?.value])).toEqual([
      [1, 26],
      [2, 27],
    ]);
  });
});

describe('the age of criteria', () => {
  it('is counted from the last review by the as-of day, of rules and of the clearance system’s own criteria', async () => {
    const rulebook = (version: string, recordedAt: string, rules: { id: string; version: number }[]) =>
      openSettings(store).keep({ kind: 'rulebook', version, content: { rules } }, recordedAt);
    await rulebook('a', '2026-01-10T08:00:00.000Z', [{ id: 'C1', version: 1 }]);
    await rulebook('b', '2026-03-01T08:00:00.000Z', [{ id: 'C1', version: 2 }]);
    await rulebook('c', '2026-05-01T08:00:00.000Z', [{ id: 'C1', version: 3 }]);
    await openReferences(store, storedPeople(store)).put(
      [
        { kind: 'criterion', record: { criterion: 'C2', from: '2025-04-30', text: 'HS 8517' } },
        { kind: 'criterion', record: { criterion: 'C2', from: '2025-06-30T10:00:00Z', text: 'HS 8518' } },
      ],
      '2026-01-01T00:00:00.000Z',
    );
    const definition = definitions.get('T06')!;
    const ages = async (by: string[], asOf: string) => {
      const request = { by, from: '2026-01-01', to: '2026-04-30', asOf };
      const table = await withAge(
        store,
        definition,
        await figures(sourceOf(store), definition, request, '2026-12-31'),
      );
      expect(table.figures.at(-1)).toBe('age');
      return Object.fromEntries(
        table.rows.map(({ key, figures: { age, hitRate } }) => {
          expect(age!.n).toBe(hitRate!.n);
          return [key[by[0]!], age!.value];
        }),
      );
    };
    expect(await ages(['criterion'], '2026-04-30')).toEqual({ null: null, C1: 60, C2: 304 });
    expect(await ages(['criterion'], '2026-02-28')).toEqual({ null: null, C1: 49, C2: 243 });
    expect(await ages(['office'], '2026-04-30')).toEqual({ AIR: null, PORT: null });
  });
});

describe('mirror statistics', () => {
  it('tell the gap between what partners sent and what arrived, by value and by mass', async () => {
    const partners = readPartnerRows(
      'hs,origin,year,value,netMass\n610910,BD,2026,40000,2000\n870323,JP,2026,70000,9000\n',
      'partners.csv',
    );
    const gaps = await mirrorGaps(store, partners, { currency: 'EUR' });
    // T-shirts: 44,000 with freight against 33,000 declared; 2,000 kg against 10 × 200.
    expect(gaps[0]).toMatchObject({
      hs: '610910',
      exports: 44_000,
      imports: 33_000,
      gap: 25,
      massGap: 0,
      n: 10,
    });
    // Cars: 77,000 against 77,000 declared in 2026.
    expect(gaps[1]).toMatchObject({ hs: '870323', imports: 77_000, massGap: 0, n: 9 });
    expect(gaps[1]!.gap).toBeCloseTo(0, 9);
  });

  it('stand as figures of the indicator, for whole years, and name what nobody declared', async () => {
    const partners = readPartnerRows(
      'hs,origin,year,value,netMass\n610910,BD,2026,40000,2000\n999999,BD,2026,100,1\n',
      'partners.csv',
    );
    await keepPartnerRows(store, partners, 'EUR');
    const definition = definitions.get('I33')!;
    const told = async (from: string, to: string) => {
      const request = { by: ['hs', 'origin'], from, to };
      return withMirror(store, definition, request, await figures(sourceOf(store), definition, request, to));
    };
    const year = await told('2026-01-01', '2026-12-31');
    const gapOf = (table: typeof year, hs: string) =>
      table.rows.find((row) => row.key.hs === hs)!.figures.gap!;
    expect(gapOf(year, '610910')).toMatchObject({ value: 25, numerator: 11_000, denominator: 44_000, n: 10 });
    expect(gapOf(year, '999999')).toMatchObject({ value: 100, n: 0 });
    expect(gapOf(year, '870323').note).toMatch(/no partner statistics/);
    const month = await told('2026-03-01', '2026-03-31');
    expect(gapOf(month, '610910')).toMatchObject({ value: null, n: 0 });
    // As many declarations lie behind it as it says: none.
    const { behind } = gapOf(month, '610910');
    expect((await declarationsBehind(store, behind, { limit: 10 })).references).toEqual([]);
  });

  it('are compared under filters of goods and origin alone, and count the declarations that lie behind', async () => {
    await keepPartnerRows(
      store,
      readPartnerRows('hs,origin,year,value\n610910,BD,2026,40000\n999999,BD,2026,100\n', 'partners.csv'),
      'EUR',
    );
    const definition = definitions.get('I33')!;
    const told = async (by: string[], where: string[]) => {
      const request = { by, from: '2026-01-01', to: '2026-12-31', where };
      const table = await figures(sourceOf(store), definition, request, '2026-12-31');
      return withMirror(store, definition, request, table);
    };
    const shirts = await told(['hs'], ['chapter = 61 or heading = 6205', 'origin = BD']);
    expect(shirts.rows.map(({ key }) => key.hs)).toEqual(['610910']);
    expect(shirts.rows[0]!.figures.gap).toMatchObject({ value: 25, n: 10 });

    const red = await told(['hs'], ['lane = red']);
    expect(red.rows.length).toBeGreaterThan(0);
    for (const { figures: figuresOf } of red.rows)
      expect(figuresOf.gap).toMatchObject({
        value: null,
        n: 0,
        note: expect.stringMatching(/under this filter/),
      });

    const [origin] = (await told(['origin'], ['origin = BD'])).rows;
    const { references } = await declarationsBehind(store, origin!.figures.gap!.behind, { limit: 100 });
    expect(references).toHaveLength(origin!.figures.gap!.n);
  });

  it('are read as statistical offices write them, with quotes, blanks and a mark of their encoding', () => {
    const text =
      '\uFEFF"hs","origin","year","value","netMass","description"\r\n' +
      '"610910","BD","2026","40000","","T-shirts, ""knitted"""\r\n\r\n';
    expect(readPartnerRows(text, 'p.csv')).toEqual([
      { hs: '610910', origin: 'BD', year: '2026', value: 40_000, netMass: undefined },
    ]);
  });

  it('are read with a French header, semicolons and decimal commas, as a spreadsheet in French writes them', () => {
    const text =
      "Code SH;Pays d'origine;Année;Valeur FOB;Masse nette\r\n" + '610910;BD;2026;40 000,50;1\u202f234,5\r\n';
    expect(readPartnerRows(text, 'p.csv')).toEqual([
      { hs: '610910', origin: 'BD', year: '2026', value: 40_000.5, netMass: 1234.5 },
    ]);
  });

  it('with a comma that may be a thousand are refused, and a header that is not known with the names that are', () => {
    expect(() => readPartnerRows('hs,origin,year,value\n610910,BD,2026,"1,234"\n', 'p.csv')).toThrow(
      /"1,234".*no amount/,
    );
    expect(() => readPartnerRows('sh;origine;jahr;valeur\n', 'p.csv')).toThrow(
      /year are missing; accepted are year: year, annee, exercice/,
    );
  });

  it('are refused with the line that cannot be used', () => {
    expect(() => readPartnerRows('hs,origin,year,value\n6109,BD,2026,1\n', 'p.csv')).toThrow(
      /6109 is no HS subheading/,
    );
    expect(() => readPartnerRows('hs,origin\n', 'p.csv')).toThrow(/year, value are missing/);
    expect(() => readPartnerRows('hs,origin,year,value\n610910,BGD,2026,1\n', 'p.csv')).toThrow(/BGD/);
    expect(() => readPartnerRows('hs,origin,year,value\n610910,BD,2026,Infinity\n', 'p.csv')).toThrow(
      /no amount/,
    );
    expect(() => readPartnerRows('hs,origin,year,value\n"610910,BD,2026,1\n', 'p.csv')).toThrow(/Quote/);
  });
});
