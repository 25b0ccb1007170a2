/** The example request of every route, with ids that are there: what the description, the fuzzer and the search for names send. */
import type { InjectOptions } from 'fastify';
import { vi } from 'vitest';
import { type PersonDocument, people as peopleSpec } from '../../src/check/collections.ts';
import { openBaselines } from '../../src/evidence/baselines/store.ts';
import { loadList } from '../../src/evidence/lists/desk.ts';
import { type MarkSheet, sheets } from '../../src/indicators/contracts/sheet.ts';
import { confirmPhase, phasesAt, proposePhase } from '../../src/indicators/phase.ts';
import type { FindingRow } from '../../src/projections/finding.ts';
import { tables } from '../../src/projections/fold.ts';
import { examples } from '../../src/service/openapi/describe.ts';
import { proposeUnmasking, type UnmaskingDocument, unmaskings } from '../../src/service/unmask.ts';
import { declaration, get, type Harness, overweight, post } from './harness.ts';

/** Ids of what `furnish` has put there, by the beginning of the routes that take them. */
export type World = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Accounts {
  examiner: string;
  releaser: string;
  chief: string;
}
const accounts: Accounts = { examiner: 'a.examiner', releaser: 'r.releaser', chief: 'c.chief' };

let days = 0;
const nextDay = (): string => {
  days += 1;
  return new Date(Date.UTC(2099, 3, days)).toISOString().slice(0, 10);
};

/** Before the phase of these requests begins. */
const decided = '2025-12-31T12:00:00.000Z';

/** A declaration with findings, events and outcomes, and one of everything that is kept. */
export async function furnish(
  harness: Harness,
  { by, webhook, people = accounts }: { by: Record<string, string>; webhook: string; people?: Accounts },
): Promise<World> {
  const { body: check } = await post(harness, '/v1/checks', declaration(overweight), by);
  const reference: string = check.declaration;
  const at = (hour: number) => `2026-03-02T${String(hour).padStart(2, '0')}:00:00+01:00`;
  await post(
    harness,
    `/v1/declarations/${encodeURIComponent(reference)}/events`,
    [
      { kind: 'ASSIGN', at: at(8), user: people.chief, to: people.examiner },
      { kind: 'ASSESS', at: at(10), user: people.examiner },
      { kind: 'RELEASE', at: at(11), user: people.releaser },
    ],
    by,
  );
  const outcome = { control: 'physical', result: 'quantity', status: 'final', at: at(12) };
  await post(harness, '/v1/outcomes', { declaration: reference, ...outcome, user: people.examiner }, by);
  await harness.settle();
  const breach = await furnishBreach(harness, reference);
  const soft = `/v1/findings?rule=FMT-901&declaration=${encodeURIComponent(reference)}&limit=1`;
  const { body: findings } = await get(harness, soft, by);
  const { body: key } = await post(harness, '/v1/keys', { label: 'one', role: 'officer', days: 1 }, by);
  const asked = { label: 'one', url: webhook, kinds: ['check.created'], audience: 'examiner' };
  const { body: subscription } = await post(harness, '/v1/webhooks', asked, by);
  const { body: letter } = await post(harness, `/v1/webhooks/${subscription.id}/ping`, {}, by);
  const now = new Date().toISOString();
  const form = { kind: 'watch', owner: 'intelligence', origin: 'gazette' };
  await loadList(harness.store, 'retired', Buffer.from('key\nA1\n'), form, { by: 'tests', at: now });
  await openBaselines(harness.store).put(
    { id: '2026-03-01.1f3a9c02', recordedAt: now, days: 365, groups: 1, items: 40 },
    [
      {
        id: '2026-03-01.1f3a9c02|851713 CN',
        version: '2026-03-01.1f3a9c02',
        group: '851713 CN',
        measures: {},
      },
    ],
  );
  const phase = await proposePhase(
    harness.store,
    {
      office: 'XXZ9',
      phase: 'prescriptive',
      // A request of the time before may have confirmed that one, and what was confirmed is not proposed again.
      from: nextDay(),
      grounds: 'for tests',
      proposedBy: 'somebody else',
    },
    new Date().toISOString(),
  );
  const edition = await post(harness, '/v1/editions', { indicator: 'I01', period: '2026-03' }, by);
  // Confirmed once: a phase that holds is not proposed again.
  if ((await phasesAt(harness.store, '2026-01-01'))('XXA1') !== 'prescriptive')
    await confirmPhase(
      harness.store,
      await proposePhase(
        harness.store,
        {
          office: 'XXA1',
          phase: 'prescriptive',
          from: '2026-01-01',
          grounds: 'for tests',
          proposedBy: 'somebody else',
        },
        decided,
      ),
      'a second person',
      decided,
    );
  // Who calls here is the account `local`: the sheet to be commented is its own.
  // And the example of one that is drawn up names an officer.
  await harness.store.collection<PersonDocument>(peopleSpec).put([
    { id: 'local', officer: 'O-LOCAL' },
    { id: 'account of the example', officer: 'O-7MD2KQXW4T' },
  ]);
  const filed = async (status: MarkSheet['status']): Promise<string> => {
    const subject = status === 'drawn up' ? 'O-LOCAL' : `O-${status.toUpperCase()}`;
    const period = '2026-03';
    const office = 'XXA1';
    const id = `inspector|${subject}|${office}|${period}`;
    const days = { from: '2026-03-01', to: '2026-03-31' };
    const marks = { results: [], total: null, full: 20 };
    const drawnUpAt = '2026-04-03T10:00:00.000Z';
    const sheet = { id, contract: 'inspector', contractVersion: 1, subject, office, period };
    const collection = harness.store.collection<MarkSheet>(sheets);
    await collection.put([{ ...sheet, ...days, ...marks, status, drawnUpBy: 'somebody else', drawnUpAt }]);
    return id;
  };
  return {
    '/v1/people/': { officer: breach.officer },
    '/v1/unmaskings/:id/withdraw': { id: 'N-of-the-caller' },
    '/v1/unmaskings/:id/refuse': { id: 'N-of-another' },
    '/v1/unmaskings/': { id: breach.unmasking },
    '/v1/unmaskings': { finding: breach.finding },
    '/v1/checks/': { id: check.id },
    '/v1/declarations/': { reference },
    '/v1/post-clearance/': { reference },
    '/v1/findings/': { id: findings.data[0].id },
    '/v1/rules/': { id: 'FMT-901' },
    '/v1/keys/': { id: key.id },
    '/v1/webhooks/': { id: subscription.id },
    '/v1/webhook-deliveries/': { id: letter.id },
    '/v1/extracts/': { id: 'extract-of-tests' },
    '/v1/phases/': { id: phase },
    '/v1/editions/': { id: edition.body.data[0].id },
    '/v1/mark-sheets/:id/comment': { id: await filed('drawn up') },
    '/v1/mark-sheets/:id/countersign': { id: await filed('commented') },
    '/v1/mark-sheets/:id/issue': { id: await filed('countersigned') },
    '/v1/mark-sheets/': { id: await filed('issued') },
  };
}

/** The finding that it was released without payment, on which somebody has proposed an unmasking; of a service with `hardBreaches`. */
async function furnishBreach({ store }: Harness, reference: string) {
  const of = (column: string, value: string) => ({ column, op: 'eq', value }) as const;
  const where = { and: [of('declaration', reference), of('rule', 'CON-903')] };
  const found = async () =>
    (await store.collection<FindingRow>(tables.finding.spec).find({ where, limit: 1 })).docs[0];
  const { id } = (await vi.waitUntil(found, { timeout: 20_000, interval: 100 }))!;
  const proposed = await proposeUnmasking(
    store,
    { role: 'integrity', subject: 'somebody else' },
    { id, part: 'releaser', grounds: 'for tests' },
    new Date(),
  );
  const { id: unmasking, officer } = proposed;
  // To be withdrawn by the account `local`, which calls here, and to be refused by it.
  await store.collection<UnmaskingDocument>(unmaskings).put([
    { ...proposed, part: 'canceller', id: 'N-of-the-caller', proposedBy: 'local' },
    { ...proposed, part: 'rerouter', id: 'N-of-another' },
  ]);
  return { finding: id, unmasking, officer };
}

/** What a body is replaced by where the example's cannot be carried out here. */
const bodies: Readonly<Record<string, (harness: Harness, world: World) => unknown>> = {
  'POST /v1/backup': ({ folder }) => ({ folder: `${folder}/backup` }),
  'POST /v1/unmaskings': (_, world) => ({
    ...world['/v1/unmaskings'],
    part: 'assessor',
    grounds: 'for tests',
  }),
};

export interface RouteRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  params: Readonly<Record<string, string>>;
  path: string;
  query: Readonly<Record<string, unknown>>;
  contentType?: string;
  body?: unknown;
}

export function exampleRequest(route: string, harness: Harness, world: World): RouteRequest {
  const [method, path] = route.split(' ') as [RouteRequest['method'], string];
  const example = examples[route];
  if (example === undefined) throw new Error(`src/service/openapi has no example of ${route}`);
  const own = Object.entries(world).find(([prefix]) => path.startsWith(prefix))?.[1];
  const body = bodies[route]?.(harness, world) ?? example.body;
  return {
    method,
    path,
    params: { ...example.params, ...own },
    query: example.query ?? {},
    ...(body === undefined ? {} : { body, contentType: example.sends ?? 'application/json' }),
  };
}

export function inject(request: RouteRequest, headers: Record<string, string> = {}): InjectOptions {
  const { method, path, params, query, contentType, body } = request;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of [value].flat()) search.append(name, String(each));
  return {
    method,
    url: `${path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))}${search.size > 0 ? `?${search}` : ''}`,
    headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
}
