/** A rule that fails at run time takes itself out of the check, which says so; whoever runs the service is told as well. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Lodged } from '../../src/check/lodged.ts';
import { type Harness, startService } from './harness.ts';

const lines: string[] = [];
let harness: Harness;
beforeAll(async () => {
  harness = await startService({ logger: { level: 'info', stream: { write: (line) => lines.push(line) } } });
});
afterAll(() => harness.close());

it('a rule that failed is counted and logged with the check, without what it failed at', async () => {
  const check = { id: 'C-1', lane: 'green', findings: [] } as unknown as Lodged['check'];
  const lacking = { rule: 'FMT-901', version: 1, missing: ['item.grossMass'] };
  const broken = { rule: 'RSK-902', version: 3, missing: [], error: 'cannot read "Maria Example"' };
  for (const notEvaluated of [[lacking], [lacking, broken], [broken]])
    harness.app.metrics.checked({ check, notEvaluated, repeated: false });
  const { body } = await harness.app.inject({ url: '/metrics' });
  expect(body).toMatch(/^crosscheck_rules_failed_total\{rule="RSK-902"\} 2$/m);
  expect(body).not.toMatch(/rules_failed_total\{rule="FMT-901"/);
  const told = lines.filter((line) => line.includes('a rule failed'));
  expect(told).toHaveLength(2);
  expect(JSON.parse(told[0]!)).toMatchObject({ level: 50, rule: 'RSK-902', version: 3, check: 'C-1' });
  expect(lines.join('')).not.toContain('Maria');
});
