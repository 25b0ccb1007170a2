/**
 * Declarations whose trail or outcomes were stored and not examined, because the process ended or the facts failed in
 * between: who sends them again, having had no answer, gets the check that was left out.
 */
import type { Registry } from './registry.ts';

export async function unexamined(
  registry: Pick<Registry, 'lastChecks' | 'trails'>,
  references: readonly string[],
): Promise<string[]> {
  if (references.length === 0) return [];
  const [checks, { events, outcomes }] = await Promise.all([
    registry.lastChecks(references),
    registry.trails(references),
  ]);
  return references.filter((reference) => {
    const examined = checks.get(reference)?.recordedAt ?? '';
    return [...(events.get(reference) ?? []), ...(outcomes.get(reference) ?? [])].some(
      ({ recordedAt }) => recordedAt > examined,
    );
  });
}
