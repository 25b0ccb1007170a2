/** What a desk has made by the time that readiness tells so. */
import { expect, test } from 'vitest';
import { compileRules, openDesk } from '../../src/check/open-desk.ts';
import { askedOfHistory } from '../../src/evidence/history.ts';
import type { Evidence } from '../../src/evidence/open.ts';
import { changedClean, openWorld, version } from '../facts/world.ts';

test('indexes of history are made at the start, for all that the rulebook asks', async () => {
  const world = await openWorld();
  const days = Array.from({ length: 20 }, (_, i) => `2026-02-${String(i + 1).padStart(2, '0')}`);
  await world.put({
    declarations: days.map((day, i) =>
      version(`D${i}`, day, changedClean({ 'declaration.acceptedAt': day })),
    ),
  });
  const desk = await openDesk({ store: world.store });
  try {
    const { memory, warm } = desk.evidence as Evidence;
    await warm();
    const made = memory!.traces.bytes();
    const { rules, shared } = desk.rulebook();
    const asked = askedOfHistory(compileRules([...rules], shared).calls);
    expect(asked.length).toBeGreaterThan(3);
    for (const whose of asked) memory!.traces.prepare(whose);
    expect(memory!.traces.bytes()).toBe(made);
  } finally {
    desk.close();
    await world.close();
  }
});
