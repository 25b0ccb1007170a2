/** Accounts over the embedded store: what remains of suspense entries, guarantees, licences and bills of lading. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Declaration } from '../../src/declaration/declaration.ts';
import { openLists } from '../../src/evidence/lists/store.ts';
import type { Given } from '../../src/facts/change.ts';
import type { FactValue } from '../../src/facts/model.ts';
import { changedClean, event, noon, openWorld, record, version, type World } from './world.ts';

const euros = (amount: number) => ({ amount: amount * 100, currency: 'EUR' });
const registered = (number: string, date: string, more: Given = {}): Declaration => ({
  ...changedClean({ 'declaration.acceptedAt': date, ...more }),
  registration: { serial: 'C', number, date },
});

/** Two items of 100 and 200 kg under warehousing. */
const entry = (number: string, date: string, more: Given = {}): Declaration =>
  registered(number, date, {
    'declaration.generalProcedure': '7',
    items: [{ 'item.procedure': '7100' }, { 'item.procedure': '7100' }],
    ...more,
  });

/** Takes so many kilograms of item 1 of entry 11. */
function withdrawal(number: string, date: string, kilograms: number, procedure = '4071'): Declaration {
  const declaration = registered(number, date, { items: [{ 'item.procedure': procedure }, null] });
  const [item] = declaration.items;
  item!.netMass = kilograms;
  item!.previous = [
    { office: 'XX001', year: '2026', serial: 'C', number: '11', item: 1, netMassWrittenOff: kilograms },
    { reference: 'IM7 C11 of 2026' },
  ];
  return declaration;
}

let world: World;
const ask = (
  fact: string,
  params: Record<string, FactValue>,
  declaration: Declaration,
  on: string,
  more: object = {},
) => world.value(fact, params, { declaration, on, ...more });

afterAll(() => world.close());

describe('a suspense entry', () => {
  const mass = { measure: 'netMass' };
  beforeAll(async () => {
    world = await openWorld();
    await world.put({
      declarations: [
        version('XX001/2026/C11', '2026-01-05', entry('11', '2026-01-05')),
        version('W1', '2026-02-01', withdrawal('21', '2026-02-01', 30)),
        version('W2', '2026-02-10', withdrawal('22', '2026-02-10', 40)),
        version('W3', '2026-02-11', withdrawal('23', '2026-02-11', 25)),
        // Says that it left home use, which the entry was never under: no discharge of it.
        version('H1', '2026-02-12', withdrawal('24', '2026-02-12', 90, '4040')),
      ],
      events: [event('W3', 'CANCEL', '2026-02-15')],
    });
  });

  it('has left what nobody took, this declaration included, as it was known on the day', async () => {
    const taking = withdrawal('31', '2026-03-01', 20);
    expect(await ask('item.ledger.remaining', mass, taking, '2026-03-01')).toBe(10);
    // Before its cancellation the third stood in the account.
    expect(await ask('item.ledger.remaining', mass, taking, '2026-02-13')).toBe(-15);
    expect(await ask('item.ledger.remaining', mass, taking, '2026-02-05')).toBe(50);
  });

  it('is overdrawn by the item that goes too far, not by the one before it', async () => {
    const two = withdrawal('32', '2026-03-01', 20);
    two.items.push({ ...structuredClone(two.items[0]!), number: 2 });
    expect(await ask('item.ledger.remaining', mass, two, '2026-03-01', { item: 0 })).toBe(10);
    expect(await ask('item.ledger.remaining', mass, two, '2026-03-01', { item: 1 })).toBe(-10);
  });

  it('says what was entered, and nothing where the entry is not known or of another procedure', async () => {
    const taking = withdrawal('31', '2026-03-01', 20);
    const entered = (member: string) => ask('item.ledger.text', { member }, taking, '2026-03-01');
    expect(await entered('hs')).toBe('85171300');
    expect(await entered('consignee')).toBe('C1');
    expect(await ask('item.ledger.valuePerKg', {}, taking, '2026-03-01')).toBe(50);
    const unknown = structuredClone(taking);
    unknown.items[0]!.previous = [{ office: 'XX001', year: '2026', serial: 'C', number: '999', item: 1 }];
    expect(await ask('item.ledger.remaining', mass, unknown, '2026-03-01')).toBeUndefined();
    const home = withdrawal('31', '2026-03-01', 20, '4040');
    expect(await ask('item.ledger.remaining', mass, home, '2026-03-01')).toBeUndefined();
    // Nobody wrote off the value of an entry in another currency.
    const dollars = structuredClone(taking);
    dollars.currency = 'USD';
    expect(await ask('item.ledger.valuePerKg', {}, dollars, '2026-03-01')).toBeUndefined();
  });

  it('is open for the share that nobody took, and as old as declarations are known to be complete', async () => {
    const own = entry('11', '2026-01-05');
    const asked = { reference: 'XX001/2026/C11' };
    // Item 2 lies untouched: the largest share counts.
    expect(await ask('ledger.open', {}, own, '2026-03-01', asked)).toBe(1);
    const single: Declaration = { ...own, items: own.items.slice(0, 1) };
    expect(await ask('ledger.open', {}, single, '2026-03-01', asked)).toBeCloseTo(0.3, 9);
    expect(await ask('ledger.open', {}, registered('50', '2026-03-01'), '2026-03-01')).toBeUndefined();
    expect(await ask('ledger.age', {}, own, '2026-03-01', asked)).toBeUndefined();
    await world.put({
      records: [
        record('complete', '2026-02-20', { feed: 'declaration', office: 'XX001', until: '2026-02-14' }),
      ],
    });
    expect(await ask('ledger.age', {}, own, '2026-03-01', asked)).toBe(40);
    // On the day before the mark was set nobody knew.
    expect(await ask('ledger.age', {}, own, '2026-02-19', asked)).toBeUndefined();
  });

  it('leaves several entries of one item apart, and says nothing of parts that are not told', async () => {
    const mixed = withdrawal('33', '2026-03-01', 20);
    mixed.items[0]!.previous!.push({ office: 'XX001', year: '2026', serial: 'C', number: '12', item: 1 });
    expect(await ask('item.ledger.remaining', mass, mixed, '2026-03-01')).toBeUndefined();
  });
});

describe('a guarantee', () => {
  const secured = (number: string, date: string, amount: number): Declaration => ({
    ...entry(number, date),
    guarantee: { type: '1', reference: 'G-1', amount: euros(amount) },
  });

  it('has left its amount less what is owed under it', async () => {
    await world.put({
      declarations: [
        version('S1', '2026-03-02', secured('61', '2026-03-02', 400)),
        version('S2', '2026-03-03', secured('62', '2026-03-03', 300)),
        version('S3', '2026-03-03', secured('63', '2026-03-03', 250)),
      ],
      events: [event('S2', 'EXIT', '2026-03-10'), event('S3', 'CANCEL', '2026-03-10')],
      records: [record('guarantee', '2026-03-01', { reference: 'G-1', amount: euros(1000) })],
    });
    const own = secured('70', '2026-03-12', 500);
    expect(await ask('ledger.guarantee', {}, own, '2026-03-12')).toBe(100);
    // What is still owed may have been paid or ended, until all of that day is known to be here.
    expect(await ask('ledger.guarantee', {}, own, '2026-03-05')).toBeUndefined();
    const early = secured('72', '2026-03-04', 500);
    expect(await ask('ledger.guarantee', {}, early, '2026-03-05')).toBeUndefined();
    await world.put({
      records: [record('complete', '2026-03-05', { feed: 'trail', office: 'XX001', until: '2026-03-04' })],
    });
    expect(await ask('ledger.guarantee', {}, early, '2026-03-05')).toBe(-450);
    const unknown = { ...own, guarantee: { ...own.guarantee, reference: 'G-2' } };
    expect(await ask('ledger.guarantee', {}, unknown, '2026-03-12')).toBeUndefined();
    expect(await ask('ledger.guarantee', {}, registered('71', '2026-03-12'), '2026-03-12')).toBeUndefined();
  });

  it('gets back what was discharged', async () => {
    const out = withdrawal('64', '2026-03-11', 100);
    out.items[0]!.previous![0]!.number = '61';
    const other = structuredClone(out);
    other.items[0]!.previous![0]!.item = 2;
    other.items[0]!.netMass = 200;
    other.items[0]!.previous![0]!.netMassWrittenOff = 200;
    await world.put({
      declarations: [version('D1', '2026-03-11', out), version('D2', '2026-03-11', other)],
    });
    expect(await ask('ledger.guarantee', {}, secured('70', '2026-03-12', 500), '2026-03-12')).toBe(500);
  });
});

describe('a licence', () => {
  const under = (number: string, quantity?: number): Declaration => {
    const declaration = registered(number, '2026-03-20', { items: [{}, null] });
    declaration.items[0]!.documents = [
      { code: 'L001', reference: 'LIC-9', ...(quantity === undefined ? {} : { quantity }) },
    ];
    return declaration;
  };
  const code = { code: 'L' };

  it('has left its quantity less what declarations wrote off', async () => {
    expect(await ask('item.ledger.licence', code, under('81', 30), '2026-03-20')).toBeUndefined();
    await openLists(world.store).put(
      {
        id: 'licences',
        title: { en: 'Licences', fr: 'Licences' },
        kind: 'authorisations',
        match: 'exact',
        owner: 'ministry',
        origin: 'register of licences',
        entries: [
          {
            key: 'L001|LIC-9',
            from: '2026-01-01',
            to: '2026-03-31',
            values: { quantity: 100, unit: 'KGM', holder: 'C1', hs: '8517' },
          },
        ],
      },
      noon('2026-03-01'),
      'test',
    );
    await world.put({ declarations: [version('L1', '2026-03-15', under('80', 60))] });
    expect(await ask('item.ledger.licence', code, under('81', 30), '2026-03-20')).toBe(10);
    expect(await ask('item.ledger.licence', code, under('81', 60), '2026-03-20')).toBe(-20);
    // Without a quantity the mass counts, for the licence is in kilograms.
    expect(await ask('item.ledger.licence', code, under('81'), '2026-03-20')).toBe(-60);
    expect(await ask('item.ledger.licence', { code: 'X' }, under('81', 30), '2026-03-20')).toBeUndefined();
  });

  it('fits its holder, its goods and its days', async () => {
    const faults = (declaration: Declaration) =>
      ask('item.ledger.licenceFaults', code, declaration, '2026-04-10');
    expect(await faults(under('81', 1))).toEqual([]);
    const late = { ...under('82', 1), acceptedAt: '2026-04-02' };
    late.consignee = { id: 'C2' };
    late.items[0]!.hs = '61091000';
    expect(await faults(late)).toEqual(['expired', 'holder', 'hs']);
    expect(await faults(registered('83', '2026-03-20'))).toBeUndefined();
  });
});

describe('a bill of lading', () => {
  const voyage = { office: 'XX001', voyage: 'V7', departure: '2026-05-01' };
  const bill = (reference: string, day: string, more: object = {}) =>
    record('bill', day, {
      ...voyage,
      from: '2026-05-01',
      bill: reference,
      consignee: 'C1',
      packages: 50,
      grossMass: 500,
      location: 'QUAY1',
      ...more,
    });
  const under = (reference: string, packages: number, number = '90'): Declaration => {
    const declaration = registered(number, '2026-05-20', { 'totals.packages': packages });
    declaration.billOfLading = reference;
    for (const item of declaration.items) delete item.billOfLading;
    return declaration;
  };
  beforeAll(async () => {
    await world.put({
      declarations: [version('B1', '2026-05-19', under('MSC 100', 20, '89'))],
      records: [
        record('manifest', '2026-05-02', {
          ...voyage,
          from: '2026-05-01',
          bills: 2,
          packages: 90,
          grossMass: 1000,
        }),
        bill('MSC-100', '2026-05-02'),
        bill('MSC-200', '2026-05-02', { consignee: 'TO ORDER OF BANK' }),
        record('arrival', '2026-05-16', { ...voyage, from: '2026-05-01', at: '2026-05-15' }),
        // The same bill in other words, one before the ship came and one after.
        bill('MSC-200', '2026-05-10', { consignee: 'TO ORDER OF BANK', grossMass: 510 }),
        bill('MSC-100', '2026-05-18', { description: 'Toys', grossMass: 480 }),
      ],
    });
  });
  const on = '2026-05-20';

  it('is found by its reference however it is written, and told as its manifest has it', async () => {
    expect(await ask('cargo.number', { measure: 'grossMass' }, under('msc 100', 30), on)).toBe(480);
    expect(await ask('cargo.number', { measure: 'grossMass' }, under('msc 100', 30), '2026-05-17')).toBe(500);
    expect(await ask('cargo.text', { member: 'location' }, under('MSC100', 30), on)).toBe('QUAY1');
    expect(await ask('cargo.text', { member: 'consignee' }, under('MSC100', 30), on)).toBe('C1');
    // Whoever holds a bill to order is its consignee.
    expect(await ask('cargo.text', { member: 'consignee' }, under('MSC200', 30), on)).toBeUndefined();
    expect(await ask('cargo.known', {}, under('MSC 100', 30), on)).toBe(true);
  });

  it('has left what declarations did not write off', async () => {
    const packages = { measure: 'packages' };
    expect(await ask('cargo.remaining', packages, under('MSC 100', 30), on)).toBe(0);
    expect(await ask('cargo.remaining', packages, under('MSC 100', 31), on)).toBe(-1);
    expect(await ask('cargo.remaining', packages, under('MSC 100', 31), '2026-05-18')).toBe(19);
    expect(await ask('cargo.remaining', packages, under('NOBODY', 31), on)).toBeUndefined();
  });

  it('is called unknown only where the manifests of the office are complete', async () => {
    expect(await ask('cargo.known', {}, under('NOBODY-1', 1), on)).toBeUndefined();
    await world.put({
      records: [record('complete', '2026-05-25', { feed: 'cargo', office: 'XX001', until: '2026-05-24' })],
    });
    expect(await ask('cargo.known', {}, under('NOBODY-1', 1), on)).toBeUndefined();
    expect(await ask('cargo.known', {}, under('NOBODY-1', 1), '2026-05-26')).toBe(false);
    expect(await ask('cargo.known', {}, under('MSC 200', 1), '2026-05-26')).toBe(true);
  });

  it('tells what was changed after the goods had come', async () => {
    const members = (reference: string, day: string) =>
      ask('cargo.amendedAfterArrival', {}, under(reference, 1), day);
    expect(await members('MSC100', on)).toEqual(['description', 'grossMass']);
    expect(await members('MSC100', '2026-05-17')).toEqual([]);
    expect(await members('MSC200', on)).toEqual([]);
  });

  it('adds up to its manifest, or shows by how much it does not', async () => {
    expect(await ask('cargo.manifestGap', {}, under('MSC 200', 1), '2026-05-05')).toBe(10);
    expect(await ask('cargo.manifestGap', {}, under('MSC 200', 1), on)).toBe(10);
  });
});

describe('acts and numbers compared with others', () => {
  const step = (kind: 'REROUTE' | 'INSPECT', at: string, more: object) => ({
    id: `${kind}${at}`,
    kind,
    at,
    local: at,
    officer: 'o-7',
    ...more,
  });
  const words = 'Opened two boxes of the second pallet, found as declared.';

  it('count others that the same officer sent down within a minute', async () => {
    await world.put({
      declarations: ['R1', 'R2', 'R3'].map((reference, index) =>
        version(reference, '2026-06-01', registered(String(201 + index), '2026-06-01')),
      ),
      events: [
        event('R1', 'REROUTE', '2026-06-02', { officer: 'o-7', cause: 'discretionary-down' }),
        event('R2', 'REROUTE', '2026-06-02', {
          officer: 'o-7',
          cause: 'discretionary-down',
          at: '2026-06-02T12:00:50.000Z',
        }),
        event('R3', 'REROUTE', '2026-06-02', {
          officer: 'o-7',
          cause: 'discretionary-down',
          at: '2026-06-02T12:09:00.000Z',
        }),
        event('R1', 'REROUTE', '2026-06-02', {
          officer: 'o-7',
          cause: 'control-closed',
          at: '2026-06-02T12:00:20.000Z',
        }),
        event('R1', 'INSPECT', '2026-06-02', { officer: 'o-7', reason: words }),
        event('R2', 'INSPECT', '2026-06-02', {
          officer: 'o-7',
          reason: words.toUpperCase().replaceAll(' ', '  '),
        }),
        event('R3', 'INSPECT', '2026-06-02', { officer: 'o-8', reason: words }),
      ],
    });
    const own = registered('204', '2026-06-01');
    const size = (cause: string) =>
      ask('system.batchSize', {}, own, '2026-06-03', {
        trail: [step('REROUTE', '2026-06-02T12:00:30.000Z', { cause })],
      });
    expect(await size('discretionary-down')).toBe(2);
    expect(await size('up')).toBeUndefined();
  });

  it('count acts of the same officer in the same words', async () => {
    const same = (reason: string) =>
      ask('system.sameText', {}, registered('204', '2026-06-01'), '2026-06-03', {
        trail: [step('INSPECT', '2026-06-02T15:00:00.000Z', { reason })],
      });
    expect(await same(words)).toBe(2);
    expect(await same('Conform.')).toBeUndefined();
    expect(await same('Nothing of the kind was ever written by this officer.')).toBe(0);
  });

  it('find numbers missing and declarations short of a control total once the day is complete', async () => {
    const own = registered('208', '2026-06-01');
    const gap = (fact: string, on: string) => ask(fact, {}, own, on);
    expect(await gap('system.numberGap', '2026-06-02')).toBeUndefined();
    await world.put({
      records: [
        record('complete', '2026-06-05', { feed: 'declaration', office: 'XX001', until: '2026-06-04' }),
        record('control-total', '2026-06-05', {
          feed: 'declaration',
          office: 'XX001',
          day: '2026-06-01',
          from: '2026-06-01',
          to: '2026-06-01',
          count: 6,
        }),
      ],
    });
    expect(await gap('system.numberGap', '2026-06-06')).toBe(4);
    expect(await gap('system.totalsGap', '2026-06-06')).toBe(2);
    expect(await gap('system.totalsGap', '2026-06-04')).toBeUndefined();
    const first = registered('1', '2026-06-01');
    expect(await ask('system.numberGap', {}, first, '2026-06-06')).toBeUndefined();
  });
});
