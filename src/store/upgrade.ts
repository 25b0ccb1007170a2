/** The way of a document from the schema in which an older release stored it to the present one. */
import { CrosscheckError } from '../errors.ts';
import type { CollectionSpec, StoredJson } from './port.ts';

/** Composes the spec's upgrades from a schema on; throws when a step is missing or the schema is a newer release's. */
export function upgradeOf(spec: CollectionSpec, from: number): (doc: StoredJson) => StoredJson {
  if (from > spec.schema)
    throw new CrosscheckError('CC_STORE_NEWER', { collection: spec.name, found: from, known: spec.schema });
  const steps = Array.from({ length: spec.schema - from }, (_, i) => {
    const step = spec.upgrades?.[from + i];
    if (step === undefined) throw new TypeError(`${spec.name} has no upgrade from schema ${from + i}`);
    return step;
  });
  return (doc) => {
    const upgraded = steps.reduce((older, step) => step(older), doc);
    if (upgraded.id !== doc.id) throw new TypeError(`an upgrade of ${spec.name} changed the id of ${doc.id}`);
    return upgraded;
  };
}
