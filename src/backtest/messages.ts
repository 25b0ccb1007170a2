/** The examples of a report with what the rule says of them: found again by file and byte, and evaluated once more. */
import { CrosscheckError } from '../errors.ts';
import { type Rulebook, trialOf } from '../rules/rulebook.ts';
import { casesFor } from './case.ts';
import { readLine } from './history-line.ts';
import { lineAt } from './lines.ts';
import type { RuleReport } from './report.ts';
import { exampleKinds } from './tally.ts';

/** Adds messages to the examples of one rule; those that lie in other formats or in the store keep their reference alone. */
export async function addMessages(
  report: RuleReport,
  rulebook: Pick<Rulebook, 'rules' | 'shared'>,
  country?: string,
): Promise<void> {
  if (!rulebook.rules.some(({ id }) => id === report.rule)) return;
  const compiled = trialOf(rulebook, ({ id }) => id === report.rule);
  const cases = casesFor(compiled.calls, country);
  for (const kind of exampleKinds) {
    // What was missed has no message.
    if (kind === 'missed') continue;
    for (const example of report.examples[kind]) {
      if (example.file === undefined || example.offset === undefined) continue;
      const line = readLine(lineAt(example.file, example.offset, example.length!), true, country);
      if (line.kind !== 'record')
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'declaration', id: example.reference });
      const [one] = await cases([{ reference: example.reference, ...line.record }]);
      const [finding] = compiled.evaluate(one!.sheet).findings;
      if (finding !== undefined) example.message = finding.message.en ?? Object.values(finding.message)[0]!;
    }
  }
}
