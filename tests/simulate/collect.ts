/** For tests: a whole simulation in memory. */
import type { DeclarationRecord } from '../../src/declaration/declaration.ts';
import { identify } from '../../src/intake/identity.ts';
import type { Simulation } from '../../src/simulate/administration.ts';

export async function collect(simulation: Simulation): Promise<DeclarationRecord[]> {
  const records: DeclarationRecord[] = [];
  for await (const record of simulation.records()) records.push(record);
  return records;
}

/** The last version of each declaration, by its reference: it has the whole trail. */
export const lastVersions = (records: readonly DeclarationRecord[]): Map<string, DeclarationRecord> =>
  new Map(records.map((record) => [identify(record.declaration).reference, record]));
