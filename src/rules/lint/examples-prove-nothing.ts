/** RL510: an example must be able to fail. */
import { canonicalJson } from '../../ground/canonical.ts';
import type { Complaint, Lint, Subject } from './lint.ts';
import { isRecord } from './tree.ts';
import { namesUsed } from './used.ts';

/** The names that an example changes, items and calls included. */
export function changedNames(given: Readonly<Record<string, unknown>>): string[] {
  const names: string[] = [];
  for (const [key, value] of Object.entries(given)) {
    if (key === 'items') {
      names.push('items');
      const items = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
      for (const item of items) if (isRecord(item)) names.push(...Object.keys(item));
    } else if (key === 'calls') {
      const calls = Array.isArray(value)
        ? value.map((call) => (isRecord(call) ? String(call.fact) : ''))
        : isRecord(value)
          ? Object.keys(value)
          : [];
      names.push(...calls.map((call) => call.split(/[({?]/)[0]!));
    } else names.push(key);
  }
  return names;
}

/** Everything that can make a difference to the rule, by its first part: a change of `valuation.invoice` moves totals of it. */
const rootOf = (name: string): string => name.split('.')[0]!;

function* check(subject: Subject): Iterable<Complaint> {
  const { examples } = subject.raw;
  if (!Array.isArray(examples)) return;
  const expectations = new Set(examples.map((example) => (isRecord(example) ? example.expect : undefined)));
  for (const wanted of ['finding', 'none']) {
    if (!expectations.has(wanted))
      yield {
        path: ['examples'],
        part: 'key',
        message: `no example expects ${wanted === 'none' ? 'none: a rule that always hits would pass' : 'a finding: a rule that never hits would pass'}`,
        fix: `Add an example with \`expect: ${wanted}\`${wanted === 'none' ? ', as near to the limit as it can be' : ''}.`,
      };
  }
  const used = new Set(
    [...namesUsed(subject)].flatMap(({ name }) => [
      name,
      ...(subject.vocabulary.lookup(name)?.facts ?? []).map((fact) => fact.name),
    ]),
  );
  const computed = [...used].some((name) => subject.vocabulary.lookup(name)?.fact?.family !== 'declared');
  const roots = new Set([...used].map(rootOf));
  const applies = isRecord(subject.raw.applies) ? Object.keys(subject.raw.applies).length > 0 : false;
  const seen = new Map<string, number>();
  for (const [i, example] of examples.entries()) {
    if (!isRecord(example) || !isRecord(example.given)) continue;
    const changed = changedNames(example.given);
    const path = ['examples', i, 'given'];
    // That a rule stays silent for want of data is shown by the clean declaration as it is.
    if (changed.length === 0 && example.expect === 'not evaluated') continue;
    if (changed.length === 0)
      yield {
        path,
        message: 'it changes nothing, so it says nothing about this rule',
        fix: 'Change a value that the rule reads.',
      };
    // A computed fact can be moved by any other; of declared ones it is known which are read.
    else if (
      !computed &&
      !applies &&
      !changed.some((name) => used.has(name) || roots.has(rootOf(name)) || name === 'items')
    )
      yield {
        path,
        message: `it changes ${changed.join(', ')}, and the rule reads none of them`,
        fix: `Change one of: ${[...used].join(', ')}.`,
      };
    const key = canonicalJson(example.given);
    const same = seen.get(key);
    if (same !== undefined && changed.length > 0)
      yield { path, message: `it is given the same as example ${same + 1}`, fix: 'Remove one of them.' };
    seen.set(key, i);
  }
}

export const examplesProveNothing: Lint = {
  code: 'RL510',
  name: 'examples-prove-nothing',
  severity: 'error',
  finds: 'examples that could not fail: nothing changed that the rule reads, or only one kind of expectation',
  about: 'rules',
  check,
};
