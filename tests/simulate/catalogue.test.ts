/** Nobody in a clean administration does wrong: no rule that speaks of an error finds one. */
import { describe, expect, it } from 'vitest';
import { checkAlone } from '../../src/check/alone.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { identify } from '../../src/intake/identity.ts';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { smallForm } from '../../src/simulate/options.ts';

async function* clean(): AsyncGenerator<IntakeRecord> {
  const options = { ...smallForm, offices: 5, officers: 30, days: 90, declarations: 250 };
  for await (const { declaration, trail = [], outcomes = [] } of simulate(options).records()) {
    yield { kind: 'declaration', identity: identify(declaration), declaration, trail, outcomes, where: {} };
  }
}

describe('the catalogue on a simulated administration without misconduct', () => {
  it('finds no error', async () => {
    const desk = await openDesk();
    const errors: string[] = [];
    let checked = 0;
    for await (const result of checkAlone(desk, clean())) {
      expect(result.kind).toBe('checked');
      if (result.kind !== 'checked') continue;
      checked++;
      for (const { rule, class: severity, message } of result.check.findings) {
        if (severity === 'error') errors.push(`${result.check.declaration} ${rule} ${message.en}`);
      }
    }
    expect(errors).toEqual([]);
    expect(checked).toBeGreaterThan(200);
  });
});
