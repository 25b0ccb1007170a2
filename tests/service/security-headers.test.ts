/** What browsers are told not to do stands on every answer, refusals too. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { declaration, type Harness, startService } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startService();
});
afterAll(() => harness.close());

it.each([
  ['an answer', { method: 'POST', url: '/v1/checks', payload: declaration() }, 200],
  ['a list', { method: 'GET', url: '/v1/checks' }, 200],
  ['a message that is refused', { method: 'POST', url: '/v1/checks', payload: { flow: 'import' } }, 422],
  ['a page that is not there', { method: 'GET', url: '/nowhere' }, 404],
] as const)('%s carries them', async (_, request, status) => {
  const response = await harness.app.inject({ ...request });
  expect(response.statusCode).toBe(status);
  const { headers } = response;
  expect(headers['content-security-policy']).toContain("default-src 'self'");
  expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['x-frame-options']).toBe('SAMEORIGIN');
  expect(Number(headers['content-length'])).toBe(Buffer.byteLength(response.payload));
});
