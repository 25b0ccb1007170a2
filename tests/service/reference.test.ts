import { afterAll, beforeAll, expect, it } from 'vitest';
import { get, type Harness, post, startService } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startService();
});
afterAll(() => harness.close());

it('records of a kind are taken in once, and looked up as of a day', async () => {
  const rates = [
    { currency: 'USD', rate: 600, from: '2026-01-05', to: '2026-01-11' },
    { currency: 'USD', rate: 610, from: '2026-01-12', to: '2026-01-18' },
  ];
  expect((await post(harness, '/v1/reference/exchange-rate', rates)).body).toMatchObject({
    written: 2,
    unchanged: 0,
  });
  expect((await post(harness, '/v1/reference/exchange-rate', rates[0]!)).body).toMatchObject({
    written: 0,
    unchanged: 1,
  });
  const asOf = async (query: string) =>
    (await get(harness, `/v1/reference/exchange-rate?key=USD${query}`)).body.data;
  expect(await asOf('&at=2026-01-14')).toEqual([rates[1]]);
  expect(await asOf('&at=2026-02-01')).toEqual([]);
  expect(await asOf('')).toEqual(rates);
});

it('one record that is not valid among many refuses them all, with its place', async () => {
  const { status, body } = await post(harness, '/v1/reference/office', [
    { office: 'A', from: '2026-01-01' },
    { name: 'B', from: '2026-01-01' },
  ]);
  expect([status, body.code, body.where.record]).toEqual([422, 'CC_REFERENCE_INVALID', 2]);
  expect((await get(harness, '/v1/reference/office?key=A')).body.data).toEqual([]);
});

it('a kind that is none is not found', async () => {
  expect((await post(harness, '/v1/reference/wishes', { from: '2026-01-01' })).status).toBe(404);
});

it('accounts come back as surrogates', async () => {
  await post(harness, '/v1/reference/post', { user: 'anna', office: 'DLA01', from: '2026-01-01' });
  const { body } = await get(harness, '/v1/reference/post?key=anna%7CDLA01');
  expect(body.data).toEqual([]);
});

it('a manifest is taken in, its bad bills named', async () => {
  const bol = (reference: string) =>
    `<Bol_segment><Bol_id><Bol_reference>${reference}</Bol_reference></Bol_id></Bol_segment>`;
  const xml = `<Awmds><General_segment><General_segment_id><Customs_office_code>P1</Customs_office_code><Voyage_number>V1</Voyage_number><Date_of_departure>2026-01-05</Date_of_departure></General_segment_id></General_segment>${bol('B1')}${bol('')}</Awmds>`;
  const response = await harness.app.inject({
    method: 'POST',
    url: '/v1/manifests',
    headers: { 'content-type': 'application/xml' },
    payload: xml,
  });
  expect([response.statusCode, response.json().written, response.json().refused.length]).toEqual([200, 2, 1]);
  expect((await get(harness, '/v1/reference/bill?key=P1%7CV1%7C2026-01-05%7CB1')).body.data).toMatchObject([
    { bill: 'B1' },
  ]);
});

it('says how far each source is complete', async () => {
  expect((await get(harness, '/v1/watermarks')).body).toEqual({ data: [] });
  const claim = { feed: 'payment', office: 'XXA1', until: '2026-03-29', from: '2026-01-01' };
  expect((await post(harness, '/v1/reference/complete', claim)).status).toBe(200);
  expect((await get(harness, '/v1/watermarks')).body.data).toMatchObject([
    { source: 'reference record', basis: 'claimed', feed: 'payment', office: 'XXA1', until: '2026-03-29' },
  ]);
});
