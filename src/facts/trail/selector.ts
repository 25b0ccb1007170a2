/**
 * How a rule names events: a kind, and conditions on the event in brackets. `INSPECT`, `INSPECT[control=physical]`,
 * `REROUTE[cause=discretionary-down, reason=none]`, `LANE[to=red|orange]`. `none` is an absent or empty member, `any` a
 * present one; `|` separates alternatives, and also kinds: `ASSESS|RELEASE`.
 */
import { type EventKind, eventKinds } from '../../declaration/trail.ts';
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
