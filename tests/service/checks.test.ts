import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DeclarationDocument, declarations } from '../../src/check/collections.ts';
import { engineVersion } from '../../src/check/engine-version.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { type ClearanceRow, clearance } from '../../src/projections/clearance.ts';
import { declaration, get, type Harness, overweight, post, startService } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startService();
});
afterAll(() => harness.close());

const events = (reference: string) => `/v1/declarations/${encodeURIComponent(reference)}/events`;
const release = { kind: 'RELEASE', at: '2026-03-02T10:00:00+01:00', user: 'anna' };

describe('POST /v1/checks', () => {
  it('answers a lane, a score, the reason and the findings with their explanation', async () => {
    const { status, body } = await post(harness, '/v1/checks', declaration(overweight));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: 1,
      lane: 'yellow',
      score: 40,
      reason: 'yellow: score 40 reached 30 (FMT-901)',
    });
    const finding = body.findings.find((one: { rule: string }) => one.rule === 'FMT-901');
    expect(finding).toMatchObject({ item: 1, message: { en: 'net 12 kg above gross 10 kg' } });
    expect(JSON.stringify(finding.explanation)).toContain('"factValue":12');
  });

  it('answers the same content again with the same check, and keeps it once', async () => {
    const sent = declaration(overweight);
    const first = await post(harness, '/v1/checks', sent);
    const again = await post(harness, '/v1/checks', sent);
    expect(again.body).toEqual(first.body);
    const listed = await get(harness, `/v1/checks?declaration=${encodeURIComponent(first.body.declaration)}`);
    expect(listed.body.data).toHaveLength(1);
  });

  it('answers fifty callers with the same content with one check', async () => {
    const sent = declaration(overweight);
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(harness, '/v1/checks', sent)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it('takes changed content as a new version that supersedes, keeps both and does not lower the lane', async () => {
    const sent = declaration(overweight);
    const first = await post(harness, '/v1/checks', sent);
    const mended = { ...sent, items: [{ number: 1, hs: '85171300', grossMass: 10, netMass: 9 }] };
    const second = await post(harness, '/v1/checks', mended);
    expect(second.body).toMatchObject({ version: 2, supersedes: first.body.id, lane: 'yellow', score: 0 });
    expect(second.body.reason).toContain('earlier version');
    const kept = await get(harness, `/v1/checks/${first.body.id}`);
    expect(kept.body).toEqual(first.body);
    const read = await get(harness, `/v1/declarations/${encodeURIComponent(first.body.declaration)}`);
    expect(read.body.version).toBe(2);
  });

  it('reads a SAD message as well', async () => {
    const payload = `<?xml version="1.0"?><ASYCUDA><Property><Sad_flow>I</Sad_flow><Nbers><Total_number_of_items>1</Total_number_of_items></Nbers></Property>
      <Identification><Office_segment><Customs_clearance_office_code>XXA1</Customs_clearance_office_code></Office_segment></Identification>
      <Item><Valuation_item><Weight_itm><Gross_weight_itm>10</Gross_weight_itm><Net_weight_itm>12</Net_weight_itm></Weight_itm></Valuation_item></Item></ASYCUDA>`;
    const response = await harness.app.inject({
      method: 'POST',
      url: '/v1/checks?country=XX',
      headers: { 'content-type': 'application/xml' },
      payload,
    });
    expect(response.statusCode).toBe(200);
    expect(response.json().findings.map((one: { rule: string }) => one.rule)).toContain('FMT-901');
  });

  it('refuses a country without a profile, where the declaration names none', async () => {
    const declaration = { flow: 'import', office: 'XXA1', items: [{ number: 1 }] };
    const { status, body } = await post(harness, '/v1/checks?country=xx', declaration);
    expect([status, body]).toEqual([404, expect.objectContaining({ code: 'CC_NOT_FOUND' })]);
    expect((await post(harness, '/v1/checks?country=XX', declaration)).status).toBe(200);
  });

  it('checks the example of the documentation', async () => {
    const example = JSON.parse(readFileSync(fromRoot('docs', 'example-declaration.json'), 'utf8'));
    expect((await post(harness, '/v1/checks', example)).status).toBe(200);
  });

  it('counts a rule in shadow, which has no effect', async () => {
    const { body } = await post(harness, '/v1/checks', declaration());
    expect(body.findings).toEqual([expect.objectContaining({ rule: 'SHD-904', shadow: true })]);
    expect(body).toMatchObject({ score: 0, lane: 'green' });
  });

  it.each([
    ['no body', '', 400, 'CC_REQUEST_INVALID'],
    ['text that is no JSON', '{"flow":', 400, undefined],
    [
      'a field that the model does not have',
      '{"flow":"import","items":[],"colour":"red"}',
      422,
      'CC_DECLARATION_INVALID',
    ],
    [
      'two declarations',
      '[{"flow":"import","items":[]},{"flow":"export","items":[]}]',
      422,
      'CC_NO_DECLARATION',
    ],
  ])('refuses %s with a problem document that names its code', async (_, payload, status, code) => {
    const response = await harness.app.inject({
      method: 'POST',
      url: '/v1/checks',
      headers: { 'content-type': 'application/json' },
      payload,
    });
    expect(response.headers['content-type']).toContain('application/problem+json');
    const problem = response.json();
    expect(problem.hint).toBeTruthy();
    if (code !== undefined) expect(problem.code).toBe(code);
    expect(Math.floor(response.statusCode / 100)).toBe(4);
    if (status === 422) expect(response.statusCode).toBe(422);
  });

  it('refuses a content type it does not know, and a path that is not there', async () => {
    const wrong = await harness.app.inject({
      method: 'POST',
      url: '/v1/checks',
      headers: { 'content-type': 'text/html' },
      payload: '<p>',
    });
    expect([wrong.statusCode, wrong.json().code]).toEqual([415, 'CC_MEDIA_TYPE']);
    expect((await get(harness, '/v1/nothing')).body.code).toBe('CC_ROUTE_UNKNOWN');
  });
});

describe('the trail', () => {
  it('is taken late and twice, checks again and supersedes', async () => {
    const { body: first } = await post(harness, '/v1/checks', declaration());
    const sent = await post(harness, events(first.declaration), [release]);
    expect(sent.body).toMatchObject({ known: true, events: 1, repeated: 0 });
    expect(sent.body.check).toMatchObject({ supersedes: first.id, lane: 'green' });
    expect(sent.body.check.findings.map((one: { rule: string }) => one.rule)).toContain('CON-903');
    const again = await post(harness, events(first.declaration), release);
    expect(again.body).toMatchObject({ events: 0, repeated: 1 });
    expect(again.body.check).toBeUndefined();
    const paid = await post(harness, events(first.declaration), {
      kind: 'PAY',
      at: '2026-03-02T09:00:00+01:00',
    });
    expect(paid.body.check.findings.map((one: { rule: string }) => one.rule)).not.toContain('CON-903');
  });

  it('waits for a declaration that is not here yet', async () => {
    const late = declaration();
    const { number, serial } = late.registration as { number: string; serial: string };
    const reference = `XXA1/2026/${serial}${number}`;
    const waiting = await post(harness, events(reference), release);
    expect(waiting.body).toMatchObject({ known: false, events: 1 });
    const { body } = await post(harness, '/v1/checks', late);
    expect(body.declaration).toBe(reference);
    expect(body.findings.map((one: { rule: string }) => one.rule)).toContain('CON-903');
  });

  it('holds surrogates in place of accounts, everywhere', async () => {
    const { body } = await post(harness, '/v1/checks', declaration());
    await post(harness, events(body.declaration), [
      { ...release, user: 'officer.known.by.name' },
      { kind: 'ASSIGN', at: '2026-03-02T08:00:00Z', user: 'chief.by.name', to: 'officer.known.by.name' },
    ]);
    const read = await get(harness, `/v1/declarations/${encodeURIComponent(body.declaration)}`);
    expect(JSON.stringify(read.body)).not.toContain('by.name');
    const [assign, released] = read.body.trail;
    expect(released.officer).toMatch(/^O-[A-Z2-9]{10}$/);
    expect(assign.to).toBe(released.officer);
  });

  it('refuses an event of an unknown kind with its place', async () => {
    const { status, body } = await post(harness, events('X'), [release, { kind: 'DANCE', at: release.at }]);
    expect(status).toBe(422);
    expect(body.where.pointer).toBe('/1/kind');
  });

  it('refuses an event of a day that there is not, with its place', async () => {
    const { status, body } = await post(harness, events('X'), [
      release,
      { ...release, at: '2026-13-01T25:61:00Z' },
    ]);
    expect(status).toBe(422);
    expect(body.where.pointer).toBe('/1/at');
    expect(body.detail).toContain('must be a day and time that there is');
  });
});

describe('outcomes', () => {
  it('are kept with the reference of their declaration and listed', async () => {
    const { body } = await post(harness, '/v1/checks', declaration(overweight));
    const outcome = {
      control: 'physical',
      result: 'quantity',
      status: 'final',
      at: '2026-03-02T11:00:00Z',
      rule: 'FMT-901',
      verdict: 'confirmed',
    };
    const sent = await post(harness, '/v1/outcomes', { declaration: body.declaration, ...outcome });
    expect(sent.body.data).toEqual([expect.objectContaining({ known: true, outcomes: 1 })]);
    const listed = await get(harness, `/v1/outcomes?declaration=${encodeURIComponent(body.declaration)}`);
    expect(listed.body.data).toEqual([expect.objectContaining({ result: 'quantity', rule: 'FMT-901' })]);
  });
});

describe('POST /v1/checks/batch', () => {
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('answers line for line, in order, and a bad line alone with its problem', async () => {
    const sent = Array.from({ length: 150 }, (_, index) =>
      JSON.stringify(index % 2 === 0 ? declaration(overweight) : declaration()),
    );
    sent[70] = '{"flow": "sideways"}';
    sent[71] = 'not json';
    const response = await harness.app.inject({
      method: 'POST',
      url: '/v1/checks/batch',
      headers: { 'content-type': 'application/x-ndjson' },
      payload: sent.join('\n'),
    });
    const answers = lines(response.body);
    expect(answers).toHaveLength(150);
    answers.forEach((answer, index) => {
      if (index === 70 || index === 71) expect(answer.where.line).toBe(index + 1);
      else expect(answer.lane).toBe(index % 2 === 0 ? 'yellow' : 'green');
    });
  });

  it('takes the same declaration twice in one batch as two versions when it differs', async () => {
    const one = declaration();
    const response = await harness.app.inject({
      method: 'POST',
      url: '/v1/checks/batch',
      headers: { 'content-type': 'application/x-ndjson' },
      payload: [one, { ...one, ...overweight }, one].map((each) => JSON.stringify(each)).join('\n'),
    });
    expect(lines(response.body).map((answer) => answer.version)).toEqual([1, 2, 3]);
  });
});

describe('lists', () => {
  it('filter, sort and page to the end without losing or repeating a row', async () => {
    const seen: string[] = [];
    let url = '/v1/checks?lane=yellow&sort=-recordedAt&limit=7';
    for (;;) {
      const { body } = await get(harness, url);
      seen.push(...body.data.map((check: { id: string }) => check.id));
      if (body.next === undefined) break;
      url = `/v1/checks?lane=yellow&sort=-recordedAt&limit=7&cursor=${encodeURIComponent(body.next)}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(
      await harness.store
        .collection({ ...(await import('../../src/check/collections.ts')).checks })
        .count({ column: 'lane', op: 'eq', value: 'yellow' }),
    );
  });

  it('refuse a column, a limit and a cursor that are not theirs', async () => {
    expect((await get(harness, '/v1/checks?colour=red')).body.code).toBe('CC_REQUEST_INVALID');
    expect((await get(harness, '/v1/checks?limit=100000')).body.code).toBe('CC_REQUEST_INVALID');
    expect((await get(harness, '/v1/checks?sort=colour')).body.code).toBe('CC_REQUEST_INVALID');
    expect(Math.floor((await get(harness, '/v1/checks?cursor=nonsense')).status / 100)).toBe(4);
  });
});

describe('a replay', () => {
  it('gives the same bytes', async () => {
    const { body } = await post(harness, '/v1/checks', declaration(overweight));
    const engine = engineVersion();
    const replayed = await get(harness, `/v1/checks/${body.id}/replay`);
    expect(replayed.body).toEqual({
      check: body.id,
      same: true,
      engine: { stored: engine, now: engine, same: true },
      differences: [],
    });
  });
});

it('a lodgement that an earlier release kept in words is read as it was, and stands in nobody’s way', async () => {
  const { body: first } = await post(harness, '/v1/checks', declaration(overweight));
  const kept = harness.store.collection<DeclarationDocument>(declarations);
  const { doc } = (await kept.get(`${first.declaration}#1`))!;
  const lodgedAt = 'the morning of 2 March';
  await kept.put([{ ...doc, declaration: { ...doc.declaration, lodgedAt } }]);
  const again = await post(harness, events(first.declaration), [release]);
  expect(again.body.check).toMatchObject({ supersedes: first.id, lane: 'yellow' });
  const read = await get(harness, `/v1/declarations/${encodeURIComponent(first.declaration)}`);
  expect(read.body.declaration.lodgedAt).toBe(lodgedAt);
  expect((await get(harness, `/v1/checks/${again.body.check.id}/replay`)).body).toMatchObject({ same: true });
  const row = () => harness.store.collection<ClearanceRow>(clearance.spec).get(first.declaration);
  const released = async () => ((await row())?.doc as { released?: unknown } | undefined)?.released;
  await vi.waitUntil(released, { timeout: 20_000, interval: 50 });
  expect((await row())!.doc).toMatchObject({ office: 'XXA1', day: '2026-03-02' });
});
