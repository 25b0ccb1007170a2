/** RL506: the index keeps every declaration away from the rule. */
import type { Complaint, Lint } from './lint.ts';
import { isRecord } from './tree.ts';

/** First digits of the requested procedure by flow (SAD, box 37): 9 is left to the country; letters are not judged. */
const procedures: Record<string, string> = { import: '045679', export: '1239', transit: '89' };

const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

function* impossible(applies: Readonly<Record<string, unknown>>): Iterable<Complaint> {
  const { from, to } = applies;
  for (const [key, day] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day) && Number.isNaN(Date.parse(day)))
      yield { path: ['applies', key], message: `${day} is no day of the calendar` };
  }
  if (typeof from === 'string' && typeof to === 'string' && from > to)
    yield {
      path: ['applies', 'to'],
      message: `it ends on ${to}, before it begins on ${from}`,
      fix: 'Swap them, or drop one.',
    };
  for (const [i, country] of listOf(applies.country).entries())
    if (/[a-z]/.test(country))
      yield {
        path: ['applies', 'country', i],
        message: `no declaration has the country ${country}: countries are two capitals`,
        fix: `Did you mean "${country.toUpperCase()}"?`,
      };
  const flows = listOf(applies.flow).filter((flow) => flow in procedures);
  const wanted = listOf(applies.procedure);
  for (const [i, procedure] of wanted.entries()) {
    const digit = procedure[0] ?? '*';
    if (flows.length > 0 && /\d/.test(digit) && !flows.some((flow) => procedures[flow]!.includes(digit)))
      yield {
        path: ['applies', 'procedure', i],
        message: `no ${flows.join(' or ')} has a procedure ${procedure}`,
        fix: `Procedures of ${flows.map((flow) => `${flow} begin with ${[...procedures[flow]!].join(', ')}`).join('; of ')}.`,
      };
    if (/^[0-9A-Z]{1,3}$/.test(procedure))
      yield {
        path: ['applies', 'procedure', i],
        message: `a procedure has 4 digits, so ${procedure} is never met`,
        fix: `Write "${procedure}*" for all that begin with it.`,
      };
  }
}

export const appliesToNothing: Lint = {
  code: 'RL506',
  name: 'applies-to-nothing',
  severity: 'error',
  finds: '`applies` that no declaration can meet',
  about: 'rules',
  *check({ raw }) {
    if (isRecord(raw.applies)) yield* impossible(raw.applies);
  },
};
