/** Mark sheets and training needs by HTTP: whose they are, who may read them, and in which order they become valid. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    expect([drawn.status, drawn.body.status, drawn.body.results.length]).toEqual([201, 'drawn up', 6]);
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
    expect(body.data).toMatchObject([{ id: '', subject: '', total: null }]);
    expect(JSON.stringify(body)).not.toContain('DORA');
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
