/** The examples of a report with what the rule says of them: found again by file and byte, and evaluated once more. */
import { CrosscheckError } from '../errors.ts';
import { identify } from '../intake/identity.ts';
import { type Rulebook, trialOf } from '../rules/rulebook.ts';
import { casesFor } from './case.ts';
import { type LineRecord, readLine } from './history-line.ts';
import { lineAt } from './lines.ts';
import type { Excerpt, RuleReport } from './report.ts';
import { money } from './show.ts';
import { type ExampleRef, exampleKinds, type Tally } from './tally.ts';

/** Gives the examples of NDJSON files their references; one declaration may stand in many lists. */
export function nameExamples(tally: Tally): void {
  const named = new Map<string, string>();
  for (const kinds of tally.examples)
    for (const kind of exampleKinds)
      for (const example of kinds[kind]) {
        if (example.reference !== '') continue;
        const key = `${example.file}:${example.offset}`;
        const reference = named.get(key) ?? identify(recordOf(example)!.declaration).reference;
        named.set(key, reference);
        example.reference = reference;
      }
}

/** The record of an example that lies in an NDJSON file. */
function recordOf(example: ExampleRef): LineRecord | undefined {
  if (example.file === undefined || example.offset === undefined) return undefined;
  const line = readLine(lineAt(example.file, example.offset, example.length!));
  if (line.kind === 'record') return line.record;
  throw new CrosscheckError('CC_CONFLICT', {
    what: 'file',
    id: example.file,
    problem: 'it was changed while it was read',
  });
}

const itemsShown = 10;

function excerptOf({ items, ...declaration }: LineRecord['declaration']): Excerpt {
  const { flow, office, acceptedAt, registration, declarant, consignee, valuation } = declaration;
  const header = {
    flow,
    office,
    day: acceptedAt ?? registration?.date,
    declarant: declarant?.id,
    consignee: consignee?.id,
    value: valuation?.cif === undefined ? undefined : money(valuation.cif.amount, valuation.cif.currency),
  };
  return {
    header: Object.fromEntries(
      Object.entries(header).filter((pair): pair is [string, string] => pair[1] !== undefined),
    ),
    items: items
      .slice(0, itemsShown)
      .map(({ number, hs, origin, procedure, cif, netMass, description }) => [
        String(number),
        hs ?? '',
        origin ?? '',
        procedure ?? '',
        cif === undefined ? '' : money(cif.amount, cif.currency),
        netMass === undefined ? '' : String(netMass),
        (description ?? '').slice(0, 120),
      ]),
    moreItems: Math.max(0, items.length - itemsShown),
  };
}

/** Adds messages and excerpts to the examples of one rule; those that lie in other formats or in the store keep their reference alone. */
export async function addMessages(
  report: RuleReport,
  rulebook: Pick<Rulebook, 'rules' | 'shared'>,
  country?: string,
): Promise<void> {
  if (!rulebook.rules.some(({ id }) => id === report.rule)) return;
  const compiled = trialOf(rulebook, ({ id }) => id === report.rule);
  const cases = casesFor(compiled.calls, country);
  for (const kind of exampleKinds) {
    for (const example of report.examples[kind]) {
      const record = recordOf(example);
      if (record === undefined) continue;
      example.excerpt = excerptOf(record.declaration);
      // What was missed has no message.
      if (kind === 'missed') continue;
      const [one] = await cases([{ reference: example.reference, ...record }]);
      const [finding] = compiled.evaluate(one!.sheet).findings;
      if (finding !== undefined) example.message = finding.message.en ?? Object.values(finding.message)[0]!;
    }
  }
}
