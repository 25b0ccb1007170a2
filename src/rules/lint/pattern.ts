/** RL209: a literal of the right type that the operator still cannot use: a pattern, a range. */
import { operators, readers, signaturesOf } from './language.ts';
import type { Lint } from './lint.ts';
import { factOperand } from './tree.ts';

/** Every text contains the empty one; and data come without spaces around them, so a text with some is equal to none. */
function uselessText(operator: string, value: unknown): string | undefined {
  if (value === '' && partsOfTexts.has(operator))
    return 'it is empty, and every text contains the empty text';
  if (operator === 'matches' || operator === 'doesNotMatch') {
    const written = String(value);
    if (/^\/.*\/[a-z]*$|\/[gimsuy]+$/.test(written))
      return 'slashes are letters of the text here, and so are flags behind them';
    const last = /^\^?\w*(\w)\*$/.exec(written)?.[1];
    if (last !== undefined)
      return `* is no wildcard in a pattern: it stands for any number of ${JSON.stringify(last)}, none included; to begin with a text use startsWith`;
    return undefined;
  }
  if (!wholeTexts.has(operator)) return undefined;
  const padded = [value].flat().find((text) => typeof text === 'string' && text !== text.trim());
  return padded === undefined
    ? undefined
    : `${JSON.stringify(padded)} has a space before or behind it, which texts of declarations have not`;
}
const partsOfTexts: ReadonlySet<string> = new Set([
  'containsText',
  'doesNotContainText',
  'matches',
  'doesNotMatch',
]);
const wholeTexts: ReadonlySet<string> = new Set([
  'equal',
  'notEqual',
  'in',
  'notIn',
  'contains',
  'doesNotContain',
]);
const re2 =
  'Patterns are RE2, written without slashes, (?i) in front for any case: no look-ahead and no back-references, so that none can stall a check.';
const range = 'Write value: [lowest, highest].';
const fixes: Readonly<Partial<Record<string, string>>> = {
  containsText: 'Write the text that is looked for.',
  doesNotContainText: 'Write the text that is looked for.',
  matches: re2,
  doesNotMatch: re2,
  between: range,
  notBetween: range,
};

export const pattern: Lint = {
  code: 'RL209',
  name: 'pattern',
  severity: 'error',
  finds: 'a regular expression, range or text that the operator cannot use',
  about: 'conditions',
  *check({ leaves, vocabulary }) {
    for (const leaf of leaves) {
      const operator = operators.get(leaf.operator);
      const type = vocabulary.lookup(leaf.fact)?.type;
      if (operator === undefined || type === undefined || factOperand(leaf.operand) !== undefined) continue;
      const signature = signaturesOf(leaf.decorators, leaf.operator)?.find((each) => each.fact === type);
      if (signature === undefined || signature.value === 'none') continue;
      const value = readers[signature.value](leaf.operand);
      const problem =
        value === undefined ? undefined : (operator.refuse?.(value) ?? uselessText(leaf.operator, value));
      if (problem !== undefined)
        yield {
          path: [...leaf.path, 'value'],
          message: problem,
          fix: fixes[operator.name] ?? 'Write the text as the data have it.',
        };
    }
  },
};
