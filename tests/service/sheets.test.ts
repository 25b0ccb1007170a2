/** Mark sheets and training needs by HTTP: whose they are, who may read them, and in which order they become valid. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuditDocument, audit } from '../../src/audit/log.ts';
import { type PersonDocument, people } from '../../src/check/collections.ts';
import { type MarkSheet, sheets } from '../../src/indicators/contracts/sheet.ts';
import { confirmPhase, proposePhase } from '../../src/indicators/phase.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import type { CallerRole } from '../../src/service/caller.ts';
import { get, type Harness, post, startService } from './harness.ts';

let harness: Harness;
const keyOf: Record<string, string> = {};
const subjectOf: Record<string, string> = {};
const bearer = (name: string) => ({ authorization: `Bearer ${keyOf[name]}` });
const asked = { contract: 'inspector', subject: 'O-ANNA', period: '2026-03', office: 'XXA1' };
const address = '/v1/mark-sheets/inspector%7CO-ANNA%7CXXA1%7C2026-03';

beforeAll(async () => {
  harness = await startService({ authentication: (store) => ({ keys: openKeys(store) }) });
  const keys = openKeys(harness.store);
  const callers: [string, CallerRole][] = [
    ['chief', 'manager'],
    ['director', 'manager'],
    ['anna', 'officer'],
    ['bert', 'officer'],
    ['analyst', 'analyst'],
    ['feed', 'system'],
    ['trader', 'declarant'],
  ];
  for (const [name, role] of callers) {
    const { key, document } = await keys.create({ label: name, role, days: 1 }, 'tests', new Date());
    keyOf[name] = key;
    subjectOf[name] = `key:${document.id}`;
  }
  // Each officer's account is known under the surrogate that the stores keep.
  await harness.store.collection<PersonDocument>(people).put([
    { id: subjectOf.anna!, officer: 'O-ANNA' },
    { id: subjectOf.bert!, officer: 'O-BERT' },
    { id: 'carl', officer: 'O-CARL' },
  ]);
});
afterAll(() => harness.close());

/** Before the phases of these tests begin. */
const decided = '2025-12-31T12:00:00.000Z';
const code = ({ status, body }: { status: number; body: { code?: string; status?: unknown } }) =>
  status >= 400 ? body.code : body.status;

describe('a mark sheet', () => {
  it('is not drawn up on a person in an office that measures itself alone', async () => {
    expect(code(await post(harness, '/v1/mark-sheets', asked, bearer('chief')))).toBe('CC_PHASE_DESCRIPTIVE');
    const { office: _, ...everywhere } = asked;
    expect(code(await post(harness, '/v1/mark-sheets', everywhere, bearer('chief')))).toBe(
      'CC_OFFICE_NEEDED',
    );
  });

  it('is commented by the person, countersigned by another and then issued, in that order', async () => {
    const phase = { office: 'XXA1', phase: 'prescriptive' as const, from: '2026-01-01', grounds: 'decision' };
    const id = await proposePhase(harness.store, { ...phase, proposedBy: 'one' }, decided);
    await confirmPhase(harness.store, id, 'two', decided);
    const step = async (name: string, of: string, body: object = {}) =>
      code(await post(harness, `${address}/${of}`, body, bearer(name)));
    // Of a month that runs, or one before the contract, nobody is marked.
    for (const period of [new Date().toISOString().slice(0, 7), '2099-01', '2025-12']) {
      const refused = await post(harness, '/v1/mark-sheets', { ...asked, period }, bearer('chief'));
      expect(code(refused), period).toBe('CC_BAD_ARGUMENT');
    }
    const drawn = await post(harness, '/v1/mark-sheets', asked, bearer('chief'));
    expect([drawn.status, drawn.body.status, drawn.body.results.length]).toEqual([201, 'drawn up', 7]);
    expect(await step('director', 'countersign')).toBe('CC_CONFLICT');
    expect(await step('bert', 'comment', { text: 'not mine' })).toBe('CC_NOT_FOUND');
    const again = await post(harness, '/v1/mark-sheets', asked, bearer('chief'));
    // She read the one before it.
    const { drawnUpAt } = drawn.body;
    expect(again.body.drawnUpAt).not.toBe(drawnUpAt);
    expect(await step('anna', 'comment', { text: 'the scanner stood still', drawnUpAt })).toBe('CC_CONFLICT');
    expect(await step('anna', 'comment', { text: 'no instant', drawnUpAt: '2026-02-30T08:00:00Z' })).toBe(
      'CC_REQUEST_INVALID',
    );
    const now = { text: 'the scanner stood still', drawnUpAt: again.body.drawnUpAt };
    expect(await step('anna', 'comment', now)).toBe('commented');
    expect(await step('chief', 'countersign')).toBe('CC_CONFLICT');
    expect(await step('director', 'countersign')).toBe('countersigned');
    expect(await step('chief', 'issue')).toBe('issued');
    expect(code(await post(harness, '/v1/mark-sheets', asked, bearer('chief')))).toBe('CC_CONFLICT');
  });

  it('is not drawn up of an officer whom nothing names', async () => {
    const { status, body } = await post(
      harness,
      '/v1/mark-sheets',
      { ...asked, subject: 'O-ANA' },
      bearer('chief'),
    );
    expect([status, body.code]).toEqual([404, 'CC_SUBJECT_UNKNOWN']);
    expect((await get(harness, '/v1/mark-sheets?subject=O-ANA', bearer('chief'))).body.data).toEqual([]);
  });

  it('is one of each office where somebody worked at two in a month', async () => {
    const other = { office: 'XXB1', phase: 'prescriptive' as const, from: '2026-01-01', grounds: 'decision' };
    await confirmPhase(
      harness.store,
      await proposePhase(harness.store, { ...other, proposedBy: 'one' }, decided),
      'two',
      decided,
    );
    const there = { ...asked, subject: 'O-CARL' };
    for (const office of ['XXA1', 'XXB1'])
      expect((await post(harness, '/v1/mark-sheets', { ...there, office }, bearer('chief'))).status).toBe(
        201,
      );
    const { body } = await get(harness, '/v1/mark-sheets?subject=O-CARL', bearer('chief'));
    expect(body.data.map(({ office }: { office: string }) => office).sort()).toEqual(['XXA1', 'XXB1']);
  });

  it('is read by its person, the manager and nobody beside them; each look but one’s own is recorded', async () => {
    const looks = async () =>
      (
        await harness.store.collection<AuditDocument>(audit).find({
          where: { column: 'action', op: 'eq', value: 'sheet.read' },
          limit: 100,
        })
      ).docs.map(({ subject }) => subject);
    const before = await looks();
    expect((await get(harness, address, bearer('anna'))).body.comment.text).toBe('the scanner stood still');
    expect((await get(harness, address, bearer('bert'))).status).toBe(404);
    expect((await get(harness, address, bearer('analyst'))).status).toBe(403);
    expect(await looks()).toEqual(before);
    expect((await get(harness, address, bearer('director'))).status).toBe(200);
    expect((await looks()).length).toBe(before.length + 1);
    const own = async (name: string) =>
      (await get(harness, '/v1/mark-sheets', bearer(name))).body.data.map(
        (one: { subject: string }) => one.subject,
      );
    expect([await own('anna'), await own('bert'), (await own('chief')).sort()]).toEqual([
      ['O-ANNA'],
      [],
      ['O-ANNA', 'O-CARL', 'O-CARL'],
    ]);
  });
});

describe('a sheet of a contract that is no longer there', () => {
  it('stays as close as one of an officer: in an office that measures itself alone it names nobody', async () => {
    const id = 'former|O-DORA|XXC1|2026-03';
    await harness.store.collection<MarkSheet>(sheets).put([
      {
        id,
        contract: 'former',
        contractVersion: 1,
        subject: 'O-DORA',
        office: 'XXC1',
        period: '2026-03',
        from: '2026-03-01',
        to: '2026-03-31',
        results: [],
        total: 12,
        full: 20,
        status: 'issued',
        drawnUpBy: 'chief',
      },
    ]);
    const read = await get(harness, `/v1/mark-sheets/${encodeURIComponent(id)}`, bearer('chief'));
    expect(code(read)).toBe('CC_PHASE_DESCRIPTIVE');
    const { body } = await get(harness, '/v1/mark-sheets?contract=former', bearer('chief'));
    expect(body.data).toEqual([]);
  });

  it('is not found by its subject, its place in an order or a cursor either', async () => {
    const collection = harness.store.collection<MarkSheet>(sheets);
    const { doc } = (await collection.get('former|O-DORA|XXC1|2026-03'))!;
    for (const subject of ['O-DORA', 'O-EMIL'])
      await collection.put([
        { ...doc, subject, contract: 'inspector', id: `inspector|${subject}|XXC1|2026-03` },
      ]);
    const told = async (query: string, name = 'chief') =>
      (await get(harness, `/v1/mark-sheets?office=XXC1&${query}`, bearer(name))).body;
    for (const query of ['subject=O-DORA', 'sort=subject', 'limit=1'])
      expect(await told(query), query).toEqual({ data: [] });
    // One's own is one's own, and a month before the switch stays nameless after it.
    const id = await proposePhase(
      harness.store,
      { office: 'XXC1', phase: 'prescriptive', from: '2026-03-02', grounds: 'decision', proposedBy: 'one' },
      decided,
    );
    await confirmPhase(harness.store, id, 'two', decided);
    expect(await told('sort=subject')).toEqual({ data: [] });
    await collection.put([{ ...doc, id: 'inspector|O-DORA|XXC1|2026-04', period: '2026-04' }]);
    expect((await told('sort=subject')).data).toMatchObject([{ subject: 'O-DORA', period: '2026-04' }]);
  });
});

describe('a sheet that is not issued', () => {
  it('is drawn up anew where what the person says shows that it is wrong, and keeps what was said', async () => {
    const own = { ...asked, subject: 'O-BERT' };
    const place = address.replace('ANNA', 'BERT');
    const step = async (name: string, of: string, body: object = {}) =>
      post(harness, `${place}/${of}`, body, bearer(name));
    const [first] = [await post(harness, '/v1/mark-sheets', own, bearer('chief'))];
    expect(first.status).toBe(201);
    expect(code(await step('bert', 'comment', { text: ' \n' }))).toBe('CC_REQUEST_INVALID');
    await step('bert', 'comment', { text: 'two days of leave are not in the roster' });
    const again = await post(harness, '/v1/mark-sheets', own, bearer('director'));
    expect([again.status, again.body.status]).toEqual([201, 'drawn up']);
    const { drawnUpAt } = first.body;
    const said = {
      drawnUpAt,
      comment: { by: 'O-BERT', text: 'two days of leave are not in the roster' },
      total: null,
    };
    expect(again.body).toMatchObject({ earlier: [said] });
    expect(again.body).not.toHaveProperty('comment');
    // It goes through everybody's hands again, and who drew it up now does not countersign it.
    expect(code(await step('chief', 'countersign'))).toBe('CC_CONFLICT');
    expect(code(await step('bert', 'comment', { text: 'now it is right' }))).toBe('commented');
    expect(code(await step('director', 'countersign'))).toBe('CC_CONFLICT');
    expect(code(await step('chief', 'countersign'))).toBe('countersigned');
    expect(code(await step('director', 'issue'))).toBe('issued');
    const { body } = await get(harness, place, bearer('bert'));
    expect(body).toMatchObject({ status: 'issued', earlier: [said], comment: { text: 'now it is right' } });
    expect(code(await post(harness, '/v1/mark-sheets', own, bearer('chief')))).toBe('CC_CONFLICT');
  });

  it('says what it asked and by which versions, since contract and indicators may be others when it is read', async () => {
    const { body } = await get(harness, address, bearer('chief'));
    expect(body.most).toBe(1);
    // Of a sheet that was drawn up: indicator, figure and version as they were, whatever the files say by now.
    const of = (indicator: string, figure: string, version: number) => ({ indicator, figure, version });
    const reopened = of('I20', 'share', 2);
    const asked = { demand: 1, counterBetter: 'down' };
    expect(body.results.map(({ terms }: MarkSheet['results'][number]) => terms)).toEqual([
      {
        ...asked,
        title: { en: 'Assessed the same day', fr: 'Liquidées le jour même' },
        measured: of('I05', 'share', 2),
        better: 'up',
        counter: reopened,
      },
      {
        ...asked,
        title: { en: 'Five days or more', fr: 'Cinq jours ou plus' },
        measured: of('I06', 'share', 2),
        better: 'down',
        counter: reopened,
      },
      {
        ...asked,
        title: { en: 'Working hours in hands', fr: 'Heures de travail entre les mains' },
        measured: of('I08', 'median', 3),
        better: 'down',
        counter: of('I37', 'withoutEffect', 1),
      },
      {
        ...asked,
        title: { en: 'Hours in hands by the clock', fr: 'Heures d’horloge entre les mains' },
        measured: of('I08', 'clockMedian', 3),
        better: 'down',
        counter: of('I37', 'withoutEffect', 1),
      },
      {
        ...asked,
        title: { en: 'Older than thirty days', fr: 'De plus de trente jours' },
        measured: of('I07', 'share', 2),
        better: 'down',
        lag: 1,
        counter: reopened,
      },
      {
        ...asked,
        title: { en: 'Findings against expectation', fr: 'Constatations face à l’attendu' },
        measured: of('I15', 'ratio', 2),
        better: 'up',
        counter: of('I22', 'share', 1),
      },
      {
        ...asked,
        title: { en: 'Corrections against expectation', fr: 'Redressements face à l’attendu' },
        measured: of('I17', 'ratio', 2),
        better: 'up',
        counter: of('I21', 'share', 2),
      },
    ]);
  });

  it('is of a month that is over by the clock of the office, not by that of UTC', async () => {
    const earlier = '2025-12-30T00:00:00.000Z';
    const record = { name: 'x', kind: 'port', country: 'XX', from: '2025-01-01' };
    for (const [office, timezone] of [
      ['XXW1', 'America/Los_Angeles'],
      ['XXE1', 'Pacific/Auckland'],
    ]) {
      const { status } = await post(
        harness,
        '/v1/reference/office',
        { ...record, office, timezone },
        bearer('feed'),
      );
      expect(status).toBe(200);
      const phase = {
        office: office!,
        phase: 'prescriptive' as const,
        from: '2026-01-01',
        grounds: 'decision',
      };
      const id = await proposePhase(harness.store, { ...phase, proposedBy: 'one' }, earlier);
      await confirmPhase(harness.store, id, 'two', earlier);
    }
    const at = async (now: string, office: string) => {
      vi.useFakeTimers({ toFake: ['Date'], now: new Date(now) });
      try {
        return (
          await post(harness, '/v1/mark-sheets', { ...asked, subject: 'O-CARL', office }, bearer('chief'))
        ).status;
      } finally {
        vi.useRealTimers();
      }
    };
    expect(await at('2026-04-01T06:30:00Z', 'XXW1')).toBe(400);
    expect(await at('2026-04-01T07:30:00Z', 'XXW1')).toBe(201);
    expect(await at('2026-03-31T10:30:00Z', 'XXE1')).toBe(400);
    expect(await at('2026-03-31T11:30:00Z', 'XXE1')).toBe(201);
  });
});

describe('contracts', () => {
  it('are read by whom they bind: a firm reads those of firms, and an officer all', async () => {
    const parties = async (name: string) => {
      const { status, body } = await get(harness, '/v1/contracts', bearer(name));
      expect(status).toBe(200);
      return [
        ...new Set(body.data.map(({ party }: { party: string }) => party)),
        body.gaming.length > 0,
      ].sort();
    };
    expect(await parties('anna')).toEqual(['importer', 'officer', true]);
    expect(await parties('trader')).toEqual(['importer', false].sort());
  });
});

describe('training needs', () => {
  it('are for the officer and the manager of an office that measures people', async () => {
    const of = (office: string) =>
      `/v1/training-needs?officer=O-ANNA&office=${office}&from=2026-01-01&to=2026-12-31`;
    expect((await get(harness, of('XXA1'), bearer('anna'))).body.data).toEqual([]);
    expect((await get(harness, of('XXA1'), bearer('chief'))).status).toBe(200);
    expect((await get(harness, of('XXA1'), bearer('bert'))).status).toBe(404);
    expect(code(await get(harness, of('XXC1'), bearer('chief')))).toBe('CC_PHASE_DESCRIPTIVE');
  });
});
