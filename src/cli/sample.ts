/** The made-up sample of `npm start`: thirty days, three offices, a dozen officers; loaded once, into an empty store. */

import * as specs from '../check/collections.ts';
import { emptyReport, importRecords } from '../check/import.ts';
import { openOffice } from '../check/lodge.ts';
import type { OpenDesk } from '../check/open-desk.ts';
import { storedPeople } from '../check/people.ts';
import { identify } from '../intake/identity.ts';
import type { IntakeRecord } from '../intake/record.ts';
import { project } from '../projections/project.ts';
import { type Simulation, simulate } from '../simulate/administration.ts';
import { sampleForm } from '../simulate/options.ts';
import { referenceRecords } from '../simulate/reference.ts';
import { openReferences, type ReferenceInput } from '../sources/reference/store.ts';
import type { Store } from '../store/port.ts';
import { onRecord } from './on-record.ts';

/** A made-up administration's declarations as readers hand them on, in the order of registration. */
export async function* recordsOf(simulation: Simulation): AsyncGenerator<IntakeRecord> {
  let ordinal = 0;
  for await (const { declaration, trail = [], outcomes = [] } of simulation.records()) {
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

export const referencesOf = (simulation: Simulation): ReferenceInput[] =>
  Object.entries(referenceRecords).flatMap(([kind, recordsOfKind]) =>
    [...recordsOfKind(simulation)].map((record) => ({ kind, record })),
  );

/** True where it was loaded now; a store that holds anything is left as it is. */
export async function loadSample(store: Store, desk: OpenDesk): Promise<boolean> {
  if ((await store.collection(specs.declarations).count()) > 0) return false;
  await onRecord(store, 'import', 'made-up sample');
  const simulation = simulate(sampleForm);
  const people = storedPeople(store);
  const inputs = referencesOf(simulation);
  await openReferences(store, people).put(inputs, desk.now().toISOString());
  await desk.refresh();
  const report = emptyReport();
  await importRecords(openOffice(desk, store, people), recordsOf(simulation), report);
  await desk.evidence?.renewBaselines?.(desk.now().toISOString());
  await project(store);
  process.stdout.write(
    `A made-up sample was loaded: ${report.declarations.new} versions of declarations, ${report.events} events, ${report.outcomes} outcomes, ${inputs.length} reference records.\n`,
  );
  return true;
}
