/**
 * How a rule names events: a kind, and conditions on the event in brackets. `INSPECT`, `INSPECT[control=physical]`,
 * `REROUTE[cause=discretionary-down, reason=none]`, `LANE[to=red|orange]`. `none` is an absent or empty member, `any` a
 * present one; `|` separates alternatives, and also kinds: `ASSESS|RELEASE`.
 */
import { type EventKind, eventKinds, rerouteKinds, roles } from '../../declaration/trail.ts';
import { CrosscheckError } from '../../errors.ts';
import type { TrailStep } from '../subject.ts';

const members = [
  'cause',
  'control',
  'result',
  'from',
  'to',
  'role',
  'agency',
  'criterion',
  'reason',
  'office',
  'section',
  'officer',
] as const;
type Member = (typeof members)[number];

export interface Selector {
  kinds: readonly EventKind[];
  test(step: TrailStep): boolean;
}

/** For the linter: what a selector looks like. */
export const selectorPattern = `^(${eventKinds.join('|')})(\\|(${eventKinds.join('|')}))*(\\[(${members.join('|')})=[^,\\]]+(, *(${members.join('|')})=[^,\\]]+)*\\])?$`;
const form = new RegExp(selectorPattern);

/** Members whose values are known, and of which kinds of events; every other value is the country's own. */
const closed: readonly { member: Member; of?: EventKind; values: readonly string[] }[] = [
  { member: 'role', values: roles },
  { member: 'control', values: ['documents', 'scan', 'physical', 'post-clearance'] },
  { member: 'cause', of: 'REROUTE', values: rerouteKinds },
  { member: 'cause', of: 'ASSIGN', values: ['engine', 'manual', 'self'] },
];

/** For the linter: a value in a selector that no event has, with those that events have. */
export function impossibleIn(text: string): { value: string; known: readonly string[] } | undefined {
  if (!form.test(text)) return undefined;
  const [kinds, conditions] = text.split('[') as [string, string | undefined];
  for (const part of conditions?.slice(0, -1).split(',') ?? []) {
    const [member, values] = part.trim().split('=') as [string, string];
    const known = closed
      .filter((each) => each.member === member && (each.of === undefined || each.of === kinds))
      .flatMap((each) => each.values);
    const value = values.split('|').find((one) => ![...known, 'any', 'none'].includes(one));
    if (known.length > 0 && value !== undefined) return { value, known };
  }
  return undefined;
}

const known = new Map<string, Selector>();

export function selectorOf(text: string): Selector {
  let selector = known.get(text);
  if (selector === undefined) {
    selector = parse(text);
    known.set(text, selector);
  }
  return selector;
}

function parse(text: string): Selector {
  if (!form.test(text))
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: 'event',
      problem: `'${text}' is not like INSPECT or INSPECT[control=physical]; kinds: ${eventKinds.join(', ')}; members: ${members.join(', ')}`,
    });
  const [kindText, conditionText] = text.split('[') as [string, string | undefined];
  const kinds = kindText.split('|') as EventKind[];
  const conditions = (conditionText?.slice(0, -1).split(',') ?? []).map((part) => {
    const [member, values] = part.trim().split('=') as [Member, string];
    return { member, values: new Set(values.split('|')) };
  });
  return {
    kinds,
    test: (step) =>
      kinds.includes(step.kind) &&
      conditions.every(({ member, values }) => {
        const value = step[member];
        const present = typeof value === 'string' && value.trim() !== '';
        return present ? values.has(value) || values.has('any') : values.has('none');
      }),
  };
}
