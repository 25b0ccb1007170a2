/** Lists by HTTP: loaded with their bad rows told, in force at once, matched with their score explained. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, type Harness, startService } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startService();
});
afterAll(() => harness.close());

async function put(url: string, payload: string, type = 'text/csv') {
  const response = await harness.app.inject({
    method: 'PUT',
    url,
    headers: { 'content-type': type },
    payload,
  });
  return { status: response.statusCode, body: response.json() };
}

const watched = [
  'key,name,aliases,from,to,grade,programme',
  'E1,Zarkon Missile Works,ZMW;Zarkon Works,2026-01-01,,B2,dual-use',
  'E2,Second Works,,2026-13-01,,B2,dual-use',
  'E3,Third Works,,2026-02-01,2026-01-01,C3,dual-use',
  ',Nobody,,,,,',
  'E5,Fifth Works,,,,Z9,dual-use',
  'E6,Sixth Works',
  'E7,Órganos del Sur S.A.,,2020-01-01,2020-12-31,A1,arms',
].join('\n');
const form = 'kind=watch&match=name&owner=intelligence&origin=gazette&titleEn=End%20users';

describe('a list from CSV', () => {
  it('keeps the good rows, and tells each bad one with its line and reason', async () => {
    const { status, body } = await put(`/v1/lists/end-users?${form}`, watched);
    expect(status).toBe(200);
    expect(body).toMatchObject({ list: 'end-users', entries: 2, changed: true });
    expect(
      body.refused.map((one: { where: { line: number }; code: string }) => [one.where.line, one.code]),
    ).toEqual(
      [
        [3, 'CC_LIST_ENTRY_INVALID'],
        [4, 'CC_LIST_ENTRY_INVALID'],
        [5, 'CC_LIST_ENTRY_INVALID'],
        [6, 'CC_LIST_ENTRY_INVALID'],
        [7, 'CC_CSV_MALFORMED'],
      ].sort(),
    );
    expect(body.refused.every((one: { detail: string }) => one.detail.length > 20)).toBe(true);
    expect(body.refused[3]).toMatchObject({
      where: { line: 6, pointer: '/grade' },
      detail: expect.stringContaining('"Z9" is no grade of the Admiralty code'),
    });
  });

  it('tells that it has no entry any more where it had some, as after an export that found nothing', async () => {
    const load = async (rows: string, type?: string) =>
      (await put('/v1/lists/emptied?owner=a&origin=b', rows, type)).body;
    expect(await load('key,name\n')).toMatchObject({ entries: 0, doubtful: [] });
    expect(await load('key,name\nA1,x\nA2,y\n')).toMatchObject({ entries: 2, doubtful: [] });
    expect(await load('key,name\n')).toMatchObject({
      entries: 0,
      changed: true,
      doubtful: [{ code: 'CC_LIST_EMPTIED', detail: expect.stringContaining('had 2 before') }],
    });
    await load('key,name\nA1,x\n');
    expect(await load('[]', 'application/json')).toMatchObject({ doubtful: [{ code: 'CC_LIST_EMPTIED' }] });
  });

  it('tells figures with a comma and a key that is in force twice, with their lines, and keeps the rows', async () => {
    const rows = [
      'Code;Limit;Rate;Chapters;du;au',
      'A1;1234.5;0,07;1,2;2026-01-01;2026-06-30',
      'A2;1 234,5;7;annex;;',
      'a1;17;3,5;;2026-06-30;',
      'A1;17;4;;2025-01-01;2025-12-31',
      'B;01,02;;;;',
    ];
    const { body } = await put('/v1/lists/doubtful?owner=a&origin=b', rows.join('\n'));
    expect(body).toMatchObject({ entries: 5, refused: [] });
    expect(
      body.doubtful.map(({ code, where, detail }: { code: string; where: object; detail: string }) => [
        code,
        where,
        detail,
      ]),
    ).toEqual([
      [
        'CC_LIST_ENTRY_DOUBTFUL',
        { line: 2, pointer: '/values/rate' },
        expect.stringContaining(
          '"0,07" is kept as text, which no rule compares with a figure, as are 1 more',
        ),
      ],
      [
        'CC_LIST_ENTRY_DOUBTFUL',
        { line: 4, pointer: '/key' },
        expect.stringContaining('"A1" stands at line 2 as well, and both are in force on 2026-06-30'),
      ],
    ]);
    expect((await get(harness, '/v1/lists/doubtful')).body.entries[0].values.rate).toBe('0,07');
    const json = JSON.stringify([{ key: 'A' }, { key: 'B' }, { key: 'C', aliases: ['a'] }]);
    const other = await put('/v1/lists/doubtful?owner=a&origin=b', json, 'application/json');
    expect(other.body.doubtful).toMatchObject([
      { where: { record: 3 }, detail: expect.stringContaining('"A" stands at record 1 as well') },
    ]);
  });

  it('takes grades in small letters', async () => {
    await put('/v1/lists/graded?owner=a&origin=b', 'key,grade\nA,c3\n');
    expect((await get(harness, '/v1/lists/graded')).body.entries).toEqual([{ key: 'A', grade: 'C3' }]);
  });

  it('is there with owner, grades and values, and the same again changes nothing', async () => {
    const { body } = await get(harness, '/v1/lists/end-users');
    expect(body).toMatchObject({ id: 'end-users', owner: 'intelligence', kind: 'watch', total: 2 });
    expect(body.entries[0]).toEqual({
      key: 'E1',
      name: 'Zarkon Missile Works',
      aliases: ['ZMW', 'Zarkon Works'],
      from: '2026-01-01',
      grade: 'B2',
      values: { programme: 'dual-use' },
    });
    expect((await put(`/v1/lists/end-users?${form}`, watched)).body.changed).toBe(false);
  });

  it('explains how a name is matched, on the days on which it is valid', async () => {
    const match = (value: string, day = '2026-03-02') =>
      get(harness, `/v1/lists/end-users/match?value=${encodeURIComponent(value)}&day=${day}`);
    const { body } = await match('ZARKON MISSILES WORKS LTD');
    expect(body).toMatchObject({ found: true });
    expect(body.hit.entry.key).toBe('E1');
    expect(body.hit.score).toBeGreaterThan(0.9);
    expect(body.hit.why.pairs).toContainEqual(['MISSILES', 'MISSILE']);
    expect((await match('Zarkon Missile Works', '2025-12-31')).body).toEqual({
      found: false,
      threshold: 0.9,
    });
    expect((await match('organos del sur', '2020-06-01')).body.found).toBe(true);
    expect((await match('Quiet Traders')).body.found).toBe(false);
  });

  it('is refused as a whole where nothing of it can be used', async () => {
    expect((await put('/v1/lists/empty-one?owner=a&origin=b', 'name,town\nA,B\n')).body.code).toBe(
      'CC_LIST_INVALID',
    );
    expect((await put('/v1/lists/no-owner', 'key\nA\n')).body.code).toBe('CC_LIST_INVALID');
    expect((await put('/v1/lists/all-bad?owner=a&origin=b', 'key,grade\nA,Q7\n')).body.detail).toContain(
      'none of 1',
    );
    expect((await put('/v1/lists/Not-A-Name?owner=a&origin=b', 'key\nA\n')).status).toBe(400);
  });
});

describe('a list from JSON', () => {
  const list = (entries: unknown[]) =>
    JSON.stringify({
      id: 'licences',
      title: { en: 'Licences', fr: 'Licences' },
      kind: 'authorisations',
      match: 'exact',
      owner: 'ministry',
      origin: 'register',
      entries,
    });
  it('tells a bad entry by its place among them', async () => {
    const { body } = await put(
      '/v1/lists/licences',
      list([{ key: 'L1|1', values: { quantity: 5 } }, { key: 7 }, { key: 'L1|2', colour: 'red' }]),
      'application/json',
    );
    expect(body).toMatchObject({ entries: 1 });
    expect(body.refused.map((one: { where: object }) => one.where)).toEqual([
      { record: 2, pointer: '/key' },
      { record: 3, pointer: '/' },
    ]);
    const other = await put('/v1/lists/other', list([{ key: 'A' }]), 'application/json');
    expect(other.body.detail).toContain('is licences and not other');
  });

  it('goes out of force, and the shipped one of its id stands again', async () => {
    const own = await put(
      '/v1/lists/incoterms?owner=a&origin=b',
      JSON.stringify([{ key: 'FOB' }]),
      'application/json',
    );
    expect(own.body.entries).toBe(1);
    const total = async () => (await get(harness, '/v1/lists/incoterms')).body.total;
    expect(await total()).toBe(1);
    const gone = await harness.app.inject({ method: 'DELETE', url: '/v1/lists/incoterms' });
    expect(gone.statusCode).toBe(204);
    expect(await total()).toBeGreaterThan(8);
    expect((await harness.app.inject({ method: 'DELETE', url: '/v1/lists/incoterms' })).statusCode).toBe(404);
    const { body } = await get(harness, '/v1/lists');
    expect(body.data.map(({ list }: { list: string }) => list)).toEqual(
      expect.arrayContaining(['countries', 'end-users', 'incoterms', 'licences', 'units']),
    );
  });

  it('leaves a trace of each load and each removal', async () => {
    const { body } = await get(harness, '/v1/audit?limit=100');
    const acts = body.data.map(
      ({ action, object }: { action: string; object: string }) => `${action} ${object}`,
    );
    expect(acts).toEqual(expect.arrayContaining(['list.load end-users', 'list.withdraw incoterms']));
  });
});
