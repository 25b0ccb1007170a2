/** Lists and baselines that are loaded while checks go on: in force from the next check, and in no check before. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadList } from '../../src/evidence/lists/desk.ts';
import { readCsvList } from '../../src/evidence/lists/read.ts';
import { openLists } from '../../src/evidence/lists/store.ts';
import { openEvidence } from '../../src/evidence/open.ts';
import { changedClean, noon, openWorld, version, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const load = async (key: string, day: string) => {
  const csv = Buffer.from(`key,grade\n${key},B2\n`);
  await loadList(
    world.store,
    'watched',
    csv,
    { kind: 'watch', owner: 'o', origin: 'r' },
    { by: 'test', at: noon(day) },
  );
  await world.evidence.refresh();
};
const frame = {
  id: 'ours',
  title: { en: 'Ours', fr: 'Les nôtres' },
  kind: 'watch',
  match: 'exact',
  owner: 'o',
  origin: 'r',
} as const;

it('has French columns as well: the day on which an entry ends counts', async () => {
  const { file, refused } = await readCsvList(
    Buffer.from('Clé;Nom;Du;Au;Cotation;Motif\nC9;Société;2026-01-01;2026-02-01;b2;fraude\n'),
    frame,
    ';',
  );
  expect(refused).toEqual([]);
  expect(file.entries).toEqual([
    {
      key: 'C9',
      name: 'Société',
      from: '2026-01-01',
      to: '2026-02-01',
      grade: 'B2',
      values: { motif: 'fraude' },
    },
  ]);
});

describe('a file as spreadsheets save it', () => {
  it.each([
    ['with semicolons', Buffer.from('\ufeffkey;name\r\nE1;Zürich\r\n')],
    ['with tabs in UTF-16', Buffer.from('\ufeffkey\tname\r\nE1\tZürich\r\n', 'utf16le')],
  ])('%s needs no word on it', async (_how, bytes) => {
    const { file, refused } = await readCsvList(bytes, frame);
    expect([file.entries, refused]).toEqual([[{ key: 'E1', name: 'Zürich' }], []]);
  });

  it('in UTF-16 without its mark is told as that', async () => {
    await expect(readCsvList(Buffer.from('key,name\r\nE1,x\r\n', 'utf16le'), frame)).rejects.toMatchObject({
      code: 'CC_ENCODING',
      message: expect.stringContaining('UTF-16 without its byte order mark'),
    });
  });

  it('is no list of none where it is empty: an export that failed takes nobody off a list', async () => {
    for (const text of ['', '\r\n'])
      await expect(readCsvList(Buffer.from(text), frame)).rejects.toMatchObject({
        code: 'CC_LIST_INVALID',
        params: { problem: expect.stringContaining('the file is empty') },
      });
    expect((await readCsvList(Buffer.from('key,name\n'), frame)).file.entries).toEqual([]);
  });
});

const found = (on: string) =>
  world.value('list.found', { list: 'watched', of: 'consignee.id' }, { declaration: changedClean({}), on });

describe('a list', () => {
  it('is in force from its record on, replaced by the next, and gone once it is withdrawn', async () => {
    expect(await found('2026-03-31')).toBeUndefined();
    await load('C1', '2026-03-10');
    expect(await found('2026-03-10')).toEqual(['C1']);
    expect(await found('2026-03-09')).toBeUndefined();
    await load('C2', '2026-04-10');
    expect(await found('2026-04-10')).toEqual([]);
    await openLists(world.store).withdraw('watched', noon('2026-05-01'), 'test');
    await world.evidence.refresh();
    expect(await found('2026-05-02')).toBeUndefined();
    // And still as it was for a check of the time, also for who reads it all anew.
    expect(await found('2026-03-20')).toEqual(['C1']);
    const fresh = await openEvidence({ store: world.store });
    await fresh.sources.prepare!([noon('2026-03-20')]);
    expect(fresh.sources.lists!(noon('2026-03-20'))!.get('watched')!.find('C1', '2026-03-02')).toBeDefined();
    expect(fresh.sources.lists!(noon('2026-05-20'))!.get('watched')).toBeUndefined();
  });

  it('has a version that a check names, another where anything in it changed', () => {
    const at = (day: string) => world.evidence.sources.versions!(noon(day)).lists;
    expect(at('2026-03-01')).not.toBe(at('2026-03-20'));
    expect(at('2026-03-20')).toBe(at('2026-03-21'));
    expect(at('2026-03-01')).toBe(at('2026-05-20'));
  });
});

describe('a version of the baselines', () => {
  const goods = Array.from({ length: 40 }, (_, index) =>
    version(
      `P${index}`,
      '2026-02-25',
      changedClean({ 'declaration.acceptedAt': '2026-02-25', items: [{ 'item.cif': 5000 + 20 * index }] }),
    ),
  );
  const median = (on: string) =>
    world.value(
      'item.baseline.value',
      { measure: 'valuePerKg', statistic: 'median' },
      { declaration: changedClean({}), on },
    );

  it('holds what was recorded before it, and is used by checks after it until the next', async () => {
    await world.put({ declarations: goods });
    expect(await median('2026-03-31')).toBeUndefined();
    const first = await world.evidence.renewBaselines!(noon('2026-03-01'));
    expect(first).toMatchObject({ items: 80, days: 365 });
    expect(await median('2026-03-31')).toBeCloseTo(53.9, 0);
    expect(await median('2026-02-28')).toBeUndefined();
    // Half the price, from April on.
    await world.put({
      declarations: goods.map(({ declaration }, index) =>
        version(`Q${index}`, '2026-04-25', {
          ...changedClean({ items: [{ 'item.cif': 2500 }] }),
          acceptedAt: '2026-04-25',
          consignee: declaration.consignee!,
        }),
      ),
    });
    const second = await world.evidence.renewBaselines!(noon('2026-05-01'), 30);
    expect(second.id).not.toBe(first.id);
    expect(await median('2026-05-02')).toBeCloseTo(25, 9);
    expect(await median('2026-04-30')).toBeCloseTo(53.9, 0);
    const versions = world.evidence.sources.versions!;
    expect([versions(noon('2026-04-30')).baselines, versions(noon('2026-05-02')).baselines]).toEqual([
      first.id,
      second.id,
    ]);
    expect(versions(noon('2026-02-01')).baselines).toBeUndefined();
  });

  it('leaves out what was cancelled, and what replaced versions said', async () => {
    const before = await world.evidence.renewBaselines!(noon('2026-05-10'), 30);
    await world.put({
      declarations: [
        version('Q0', '2026-05-11', { ...changedClean({ items: [{}, null] }), acceptedAt: '2026-04-25' }, 2),
      ],
      events: [{ ...cancelled('Q1', '2026-05-11') }],
    });
    const after = await world.evidence.renewBaselines!(noon('2026-05-12'), 30);
    expect(before.items - after.items).toBe(3);
  });
});

const cancelled = (declaration: string, day: string) => ({
  id: `${declaration}-CANCEL`,
  declaration,
  kind: 'CANCEL',
  at: noon(day),
  local: noon(day),
  enteredAt: null,
  officer: null,
  recordedAt: noon(day),
});
