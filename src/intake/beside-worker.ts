/** The thread of ./beside.ts: JSON texts in, identities of the declarations in them out. Run by piscina, as built JavaScript. */
import { jsonRecord } from './json.ts';
import { parseJson } from './json-text.ts';
import type { Identities, Identity } from './record.ts';

export default function identitiesOf({
  texts,
  limits,
  country,
}: Parameters<Identities>[0]): (Identity | undefined)[] {
  return texts.map((text) => {
    try {
      const record = jsonRecord(parseJson(text, 1, 1, limits), {}, country);
      return record.kind === 'declaration' ? record.identity : undefined;
    } catch {
      // Whoever asked meets it again, and tells it with its place.
      return undefined;
    }
  });
}
