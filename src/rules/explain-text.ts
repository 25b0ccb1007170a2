/** A condition tree with its values, as lines for a terminal: what held, what did not, what was missing. */
import type { RuleExplanation } from '../engine/compile.ts';
import type { Explanation } from '../engine/finding.ts';

/** Holds, does not hold, unknown. */
const mark = (result: boolean | null): string => (result === null ? '?' : result ? '✓' : '✗');

const shown = (value: unknown): string => {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

const called = (fact: string, params?: Readonly<Record<string, unknown>>): string => {
  const given = Object.entries(params ?? {}).map(([name, value]) => `${name}: ${shown(value)}`);
  return given.length === 0 ? fact : `${fact}(${given.join(', ')})`;
};

function leafText(leaf: Extract<Explanation, { operator: string }>): string {
  const compared =
    leaf.valueFact === undefined
      ? leaf.value === undefined
        ? ''
        : ` ${shown(leaf.value)}`
      : ` ${leaf.valueFact} = ${shown(leaf.value)}`;
  return `${called(leaf.fact, leaf.params)} = ${shown(leaf.factValue)} ${leaf.operator}${compared}`;
}

export function explanationLines(explanation: Explanation, indent = ''): string[] {
  const name = explanation.name === undefined ? '' : ` (${explanation.name})`;
  const line = (text: string) => `${indent}${mark(explanation.result)} ${text}${name}`;
  const inner = `${indent}  `;
  if ('all' in explanation)
    return [line('all of'), ...explanation.all.flatMap((part) => explanationLines(part, inner))];
  if ('any' in explanation)
    return [line('any of'), ...explanation.any.flatMap((part) => explanationLines(part, inner))];
  if ('not' in explanation) return [line('not'), ...explanationLines(explanation.not, inner)];
  return [line(leafText(explanation))];
}

/** Everything that is known of one evaluation: whether it was reached, the tree, values of lets, what was missing. */
export function evaluationLines(
  evaluation: RuleExplanation['evaluations'][number],
  language = 'en',
): string[] {
  const { item, applies, result, missing, message, values, explanation, error } = evaluation;
  const subject = item === undefined ? 'declaration' : `item ${item}`;
  if (error !== undefined) return [`${subject}: failed: ${error}`];
  const verdict =
    applies === false
      ? 'not reached: `applies` keeps it away'
      : applies === null
        ? `not evaluated: \`applies\` needs ${missing.join(', ')}`
        : result === null
          ? `not evaluated: missing ${missing.join(', ')}`
          : result
            ? `finding: ${message[language] ?? Object.values(message)[0] ?? ''}`
            : 'no finding';
  const named = Object.entries(values).map(([name, value]) => `${name} = ${shown(value)}`);
  return [
    `${subject}: ${verdict}`,
    ...explanationLines(explanation, '  '),
    ...(named.length === 0 ? [] : [`  values: ${named.join(', ')}`]),
  ];
}
