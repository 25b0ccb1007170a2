import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { passingPeople, storedPeople } from '../../src/check/people.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { smallForm } from '../../src/simulate/options.ts';
import { referenceRecords } from '../../src/simulate/reference.ts';
import { openExtract } from '../../src/sources/extract.ts';
import { holds, openBook } from '../../src/sources/reference/book.ts';
import { referenceKinds } from '../../src/sources/reference/kinds.ts';
import { openReferences, type ReferenceInput, referenceDocument } from '../../src/sources/reference/store.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';

const root = mkdtempSync(join(tmpdir(), 'reference-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const documents = (list: [ReferenceInput, string][]) =>
  list.map(([input, at]) => referenceDocument(input, at));
const licence = (from: string, to: string | undefined, status: string): ReferenceInput => ({
  kind: 'broker',
  record: { id: 'B1', status, from, ...(to === undefined ? {} : { to }) },
});

describe('the dated book', () => {
  const book = openBook(
    documents([
      [licence('2025-01-01', '2025-12-31', 'active'), '2025-01-02T00:00:00.000Z'],
      [licence('2026-01-01', undefined, 'active'), '2026-01-02T00:00:00.000Z'],
      // Learnt in March: the licence was suspended since January.
      [licence('2026-01-01', undefined, 'suspended'), '2026-03-01T00:00:00.000Z'],
    ]),
  );

  it.each([
    ['2024-12-31', undefined, undefined],
    ['2025-06-01', undefined, 'active'],
    ['2025-12-31', undefined, 'active'],
    ['2026-02-01', '2026-02-01T00:00:00.000Z', 'active'],
    ['2026-02-01', '2026-03-02T00:00:00.000Z', 'suspended'],
    ['2026-02-01', undefined, 'suspended'],
  ])('the licence on %s as known at %s is %s', (at, knownAt, status) => {
    expect(book.asOf('broker', 'B1', at, knownAt)?.status).toBe(status);
  });

  it('history is in order of time, corrected', () => {
    expect(book.history('broker', 'B1').map(({ from, status }) => [from, status])).toEqual([
      ['2025-01-01', 'active'],
      ['2026-01-01', 'suspended'],
    ]);
  });

  it('what was withdrawn never held', () => {
    const mistaken = licence('2026-01-01', undefined, 'active');
    const withdrawn = openBook(
      documents([
        [mistaken, '2026-01-01T00:00:00.000Z'],
        [{ ...mistaken, withdrawn: true }, '2026-01-05T00:00:00.000Z'],
      ]),
    );
    expect(withdrawn.asOf('broker', 'B1', '2026-02-01')).toBeUndefined();
    expect(withdrawn.asOf('broker', 'B1', '2026-02-01', '2026-01-02T00:00:00.000Z')).toBeDefined();
  });

  it('of many records of a key those that hold are the ones that a look at each finds', () => {
    let state = 7;
    const random = (n: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % n;
    };
    const two = (n: number) => String(n).padStart(2, '0');
    const moment = (month: number, day: number) =>
      `2026-${two(month)}-${two(day)}${random(3) === 0 ? '' : `T${two(random(24))}:00:00.000Z`}`;
    const list = documents(
      Array.from({ length: 80 }, (_, index): [ReferenceInput, string] => {
        const day = 1 + random(27);
        const month = 1 + random(3);
        const from = moment(month, day);
        const to = random(6) === 0 ? {} : { to: moment(month, Math.min(28, day + 1 + random(4))) };
        const record = { user: 'O-1', terminal: 'T1', from, ...to };
        return [
          { kind: 'session', record, withdrawn: random(9) === 0 },
          `2026-05-${two(1 + (index % 28))}T00:00:00.000Z`,
        ];
      }),
    );
    const own = openBook(list);
    const key = list[0]!.key;
    for (const knownAt of [undefined, '2026-05-09T00:00:00.000Z'])
      for (let i = 0; i < 200; i++) {
        const at = moment(1 + random(3), 1 + random(28));
        const plain = own.history('session', key, knownAt).filter(({ from, to }) => holds(from, to, at));
        expect(own.allAsOf('session', key, at, knownAt)).toEqual(plain);
        expect(own.asOf('session', key, at, knownAt)).toEqual(plain.at(-1));
      }
  });

  it('tells of which keys a record begins within two moments, what was added since included', () => {
    const criterion = (name: string, from: string, office?: string): [ReferenceInput, string] => [
      {
        kind: 'criterion',
        record: { criterion: name, from, text: 'x', ...(office === undefined ? {} : { office }) },
      } as ReferenceInput,
      '2026-01-01T00:00:00.000Z',
    ];
    const own = openBook(
      documents([
        criterion('A', '2026-03-01'),
        criterion('B', '2026-03-01T12:00:00+05:00', 'XX1'),
        criterion('B', '2026-03-09T00:00:00Z', 'XX1'),
        criterion('C', '2026-03-02T08:00:00Z', 'XX1'),
      ]),
    );
    const begun = (office: string, since: string, until: string): string[] =>
      own.keysBegun('criterion', { office }, since, until).toSorted();
    expect(begun('', '2026-02-27T00:00:00.000Z', '2026-03-01T00:00:00.000Z')).toEqual(['A|']);
    expect(begun('XX1', '2026-03-01T07:00:00.000Z', '2026-03-02T08:00:00.000Z')).toEqual(['B|XX1', 'C|XX1']);
    expect(begun('XX1', '2026-03-01T07:00:00.001Z', '2026-03-02T07:59:59.999Z')).toEqual([]);
    own.add(documents([criterion('D', '2026-03-01T09:00:00Z', 'XX1')]));
    expect(begun('XX1', '2026-03-01T07:00:00.001Z', '2026-03-02T07:59:59.999Z')).toEqual(['D|XX1']);
    expect(begun('XX2', '2026-01-01', '2027-01-01')).toEqual([]);
  });

  it.each([
    ['2026-01-01', '2026-01-31', '2026-01-31', true],
    ['2026-01-01', '2026-01-31', '2026-01-31T18:00:00.000Z', true],
    ['2026-01-01', '2026-01-31', '2026-02-01T00:00:00.000Z', false],
    ['2026-01-01T08:00:00Z', '2026-01-01T12:00:00Z', '2026-01-01T11:59:59Z', true],
    ['2026-01-01T08:00:00Z', '2026-01-01T12:00:00Z', '2026-01-01T12:30:00Z', false],
    ['2026-01-01T08:00:00Z', null, '2026-01-01T07:00:00Z', false],
  ])('from %s to %s holds at %s: %s', (from, to, at, expected) => {
    expect(holds(from, to, at)).toBe(expected);
  });
});

describe('reference records in a store', () => {
  it('accounts become surrogates and names go to the people collection alone', async () => {
    const store = await openDuckdb(join(root, 'people'));
    const people = storedPeople(store);
    const references = openReferences(store, people);
    await references.put(
      [
        { kind: 'account', record: { user: 'jdoe', name: 'Jane Doe', from: '2026-01-01' } },
        { kind: 'post', record: { user: 'jdoe', office: 'DLA01', from: '2026-01-01' } },
        {
          kind: 'duty',
          record: { user: 'jdoe', office: 'DLA01', day: '2026-01-05', from: '2026-01-05', to: '2026-01-05' },
        },
      ],
      '2026-01-01T00:00:00.000Z',
    );
    const officer = (await people.surrogates(['jdoe'])).get('jdoe')!;
    const book = await references.book();
    expect(book.asOf('post', `${officer}|DLA01`, '2026-02-01')).toMatchObject({ user: officer });
    expect(JSON.stringify(book.every('account', '2026-02-01'))).not.toMatch(/jdoe|Jane/);
    await store.close();
  });

  it('the same records again change nothing; another word on them is kept beside the first', async () => {
    const store = await openDuckdb(join(root, 'again'));
    const references = openReferences(store, passingPeople());
    const first = licence('2026-01-01', undefined, 'active');
    expect(await references.put([first, first], '2026-01-02T00:00:00.000Z')).toEqual({
      written: 1,
      unchanged: 1,
    });
    expect(await references.put([first], '2026-01-03T00:00:00.000Z')).toEqual({ written: 0, unchanged: 1 });
    const other = licence('2026-01-01', undefined, 'suspended');
    expect(await references.put([other], '2026-01-04T00:00:00.000Z')).toEqual({ written: 1, unchanged: 0 });
    expect(await references.put([first], '2026-01-05T00:00:00.000Z')).toEqual({ written: 1, unchanged: 0 });
    const book = await references.book(['broker']);
    expect(book.asOf('broker', 'B1', '2026-02-01', '2026-01-04T12:00:00.000Z')?.status).toBe('suspended');
    expect(book.asOf('broker', 'B1', '2026-02-01')?.status).toBe('active');
    await store.close();
  });
});

describe('reference files', () => {
  async function read(files: Record<string, string>, mapping: string) {
    const folder = mkdtempSync(join(root, 'files-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const inputs: ReferenceInput[] = [];
    const { records, report } = openExtract(folder, {
      mapping,
      references: async (batch) => {
        inputs.push(...batch);
      },
    });
    const refused: string[] = [];
    for await (const record of records)
      if (record.kind === 'refused')
        refused.push(`${record.where.file}:${record.where.record} ${record.error.code}`);
    return { inputs, refused, report };
  }

  it('French headers are understood, with accents and without, and so is the rule of assignment', async () => {
    const { inputs, refused, report } = await read(
      {
        'office.csv':
          'Bureau;Nom;Fuseau horaire;Mode d’affectation;Valable du\nKRI;Kribi;Africa/Douala;Aléatoire;01/01/2025\nDLA;Douala;;par le chef;2025-01-01\nGOU;;;à la criée;2025-01-01\n',
        'duty.csv': 'AGENT;bureau de douane;Jour\nawa;KRI;06/01/2025\n',
        'account.csv': 'Compte,Nom et prenom,Actif,Date_de_debut\nawa,Awa N.,oui,2024-03-01\n',
      },
      'reference',
    );
    expect(inputs).toEqual([
      {
        kind: 'office',
        record: {
          office: 'KRI',
          name: 'Kribi',
          timezone: 'Africa/Douala',
          assignment: 'random',
          from: '2025-01-01',
        },
      },
      { kind: 'office', record: { office: 'DLA', name: 'Douala', assignment: 'chief', from: '2025-01-01' } },
      { kind: 'office', record: { office: 'GOU', from: '2025-01-01' } },
      { kind: 'account', record: { user: 'awa', name: 'Awa N.', active: true, from: '2024-03-01' } },
      {
        kind: 'duty',
        record: { user: 'awa', office: 'KRI', day: '2025-01-06', from: '2025-01-06', to: '2025-01-06' },
      },
    ]);
    expect(refused).toEqual([]);
    // The office stands, and the report says which of its cells does not.
    expect(report.problems.total).toBe(1);
    expect(report.unread).toEqual([]);
  });

  it('files are read one by one, wherever they lie and though their names are the same', async () => {
    const paths = ['2025', '2026'].map((year) => {
      const within = join(mkdtempSync(join(root, 'apart-')), 'duty.csv');
      writeFileSync(within, `user,office,day\nx,KRI,${year}-01-06\n`);
      return within;
    });
    const days: unknown[] = [];
    const { records } = openExtract(paths, {
      mapping: 'reference',
      references: async (batch) => {
        days.push(...batch.map(({ record }) => record.day));
      },
    });
    for await (const record of records) expect(record).toBeUndefined();
    expect(days).toEqual(['2025-01-06', '2026-01-06']);
  });

  it('CSV, NDJSON and JSON named after their kinds are read', async () => {
    const { inputs, refused } = await read(
      {
        'exchange-rate.csv': 'currency,rate,from,to\nUSD,655.5,2026-01-05,2026-01-11\nEUR,zero,2026-01-05,\n',
        'traders.ndjson':
          '{"id":"T1","name":"Acme","status":"active","from":"2020-01-01"}\n{"name":"nobody"}\n',
        'programme.json': '[{"trader":"T1","programme":"AEO","status":"valid","from":"2024-05-01"}]',
        'sessions.csv': 'user,terminal,from,to\nx,T9,2026-01-05T08:00:00Z,2026-01-05T12:00:00Z\n',
        'guarantee.csv': 'reference,amount,amount_currency\nG1,1000.50,EUR\n',
        'section.csv': 'office,section,chapters\nDLA01,S1,"84, 85"\n',
      },
      'reference',
    );
    expect(inputs).toEqual(
      expect.arrayContaining([
        {
          kind: 'exchange-rate',
          record: { currency: 'USD', rate: 655.5, from: '2026-01-05', to: '2026-01-11' },
        },
        { kind: 'trader', record: { id: 'T1', name: 'Acme', status: 'active', from: '2020-01-01' } },
        {
          kind: 'programme',
          record: { trader: 'T1', programme: 'AEO', status: 'valid', from: '2024-05-01' },
        },
        {
          kind: 'session',
          record: { user: 'x', terminal: 'T9', from: '2026-01-05T08:00:00Z', to: '2026-01-05T12:00:00Z' },
        },
        {
          kind: 'guarantee',
          record: { reference: 'G1', amount: { amount: 100050, currency: 'EUR' }, from: '1900-01-01' },
        },
        {
          kind: 'section',
          record: { office: 'DLA01', section: 'S1', chapters: ['84', '85'], from: '1900-01-01' },
        },
      ]),
    );
    expect(refused.sort()).toEqual(['exchange-rate.csv:2 CC_ROW_KEY', 'traders.ndjson:2 CC_ROW_KEY']);
  });

  it('lists of NDJSON come back as the lists that they were, empty ones and words with spaces too', async () => {
    const records = [
      { hs: '22030000', units: ['LTR', 'ASV'], from: '2022-01-01' },
      { hs: '21069000', units: [], from: '2022-01-01' },
      { hs: '84713000', units: ['in a case, of 12'], from: '2022-01-01' },
    ];
    const lines = records.map((record) => JSON.stringify(record)).join('\n');
    const { inputs, refused } = await read({ 'tariff-line.ndjson': lines }, 'reference');
    expect(inputs.map(({ record }) => record)).toEqual(records);
    expect(refused).toEqual([]);
  });

  it('every reference record that the simulator writes is read as it was written', async () => {
    const simulation = simulate({ ...smallForm, days: 20, declarations: 40 });
    for (const [kind, write] of Object.entries(referenceRecords)) {
      const written = [...write(simulation)];
      const text = written.map((record) => `${JSON.stringify(record)}\n`).join('');
      const { inputs, refused } = await read({ [`${kind}.ndjson`]: text }, 'reference');
      expect(refused, kind).toEqual([]);
      if (!referenceKinds.has(kind)) continue;
      expect(
        inputs.map(({ record }) => record),
        kind,
      ).toEqual(written.map((record) => ({ from: '1900-01-01', ...record })));
    }
  });

  it('ASYCUDA tables are read with their validity', async () => {
    const { inputs } = await read(
      {
        'UNCUOTAB.csv': 'CUO_COD,CUO_NAM,VALID_FROM,VALID_TO\nDLA01,Douala port,2000-01-01 00:00:00,\n',
        'UNRATTAB.csv':
          'CUR_COD,EEA_DOV,EEA_EOV,CUR_REF,RAT_EXC,LST_OPE\nUSD,01-JAN-26,07-JAN-26,1,655.2,U\nUSD,01-JAN-26,07-JAN-26,1,1.0,D\n',
        'UNTARTAB.csv': 'HS6_COD,TAR_PR1,TAR_DSC,UOM_COD1,VALID_FROM\n851713,00,Smartphones,NMB,2022-01-01\n',
        'UNTAXTAR.csv': 'HS6_COD,TAR_PR1,TAX_COD,TAX_RAT\n851713,00,DD,7.7\n',
      },
      'asycuda-reference',
    );
    expect(inputs).toEqual([
      { kind: 'office', record: { office: 'DLA01', name: 'Douala port', from: '2000-01-01T00:00:00+00:00' } },
      {
        kind: 'exchange-rate',
        record: { currency: 'USD', rate: 655.2, per: 1, from: '2026-01-01', to: '2026-01-07' },
      },
      {
        kind: 'tariff-line',
        record: { hs: '85171300', description: 'Smartphones', units: ['NMB'], from: '2022-01-01' },
      },
      { kind: 'tariff-rate', record: { hs: '85171300', tax: 'DD', rate: 0.077, from: '1900-01-01' } },
    ]);
  });
});

describe('kinds', () => {
  it.each([...referenceKinds.values()])(
    '$kind has a schema that compiles and a key made of its members',
    (kind) => {
      expect(() => new Ajv({ strict: false }).compile({ ...kind.schema, $id: undefined })).not.toThrow();
      const members = Object.keys(kind.schema.properties);
      for (const name of [...kind.key, ...kind.accounts, ...kind.personal]) expect(members).toContain(name);
    },
  );
});
