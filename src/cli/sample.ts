/** The made-up sample of `npm start`: thirty days, three offices, a dozen officers; loaded once, into an empty store. */

import * as specs from '../check/collections.ts';
import type { Desk } from '../check/desk.ts';
import { emptyReport, importRecords } from '../check/import.ts';
import { openOffice } from '../check/lodge.ts';
import { identify } from '../intake/identity.ts';
import type { IntakeRecord } from '../intake/record.ts';
import { project } from '../projections/project.ts';
import { simulate } from '../simulate/administration.ts';
import { sampleForm } from '../simulate/options.ts';
import type { Store } from '../store/port.ts';

async function* sampleRecords(): AsyncGenerator<IntakeRecord> {
  let ordinal = 0;
  for await (const { declaration, trail = [], outcomes = [] } of simulate(sampleForm).records()) {
    ordinal += 1;
    yield {
      kind: 'declaration',
      identity: identify(declaration),
      declaration,
      trail,
      outcomes,
      where: { record: ordinal },
    };
  }
}

/** True where it was loaded now; a store that holds anything is left as it is. */
export async function loadSample(store: Store, desk: Desk): Promise<boolean> {
  if ((await store.collection(specs.declarations).count()) > 0) return false;
  const report = emptyReport();
  await importRecords(openOffice(desk, store), sampleRecords(), report);
  await project(store);
  process.stdout.write(
    `A made-up sample was loaded: ${report.declarations.new} versions of declarations, ${report.events} events, ${report.outcomes} outcomes.\n`,
  );
  return true;
}
