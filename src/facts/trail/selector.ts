/**
 * How a rule names events: a kind, and conditions on the event in brackets. `INSPECT`, `INSPECT[control=physical]`,
 * `REROUTE[cause=discretionary-down, reason=none]`, `LANE[to=red|orange]`. `none` is an absent or empty member, `any` a
 * present one; `|` separates alternatives, and also kinds: `ASSESS|RELEASE`.
 */
import { eventKinds } from '../../declaration/trail.ts';
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

export type Selector = (step: TrailStep) => boolean;

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
  const kinds = new Set(kindText.split('|'));
  const conditions = (conditionText?.slice(0, -1).split(',') ?? []).map((part) => {
    const [member, values] = part.trim().split('=') as [Member, string];
    return { member, values: new Set(values.split('|')) };
  });
  return (step) =>
    kinds.has(step.kind) &&
    conditions.every(({ member, values }) => {
      const value = step[member];
      const present = typeof value === 'string' && value.trim() !== '';
      return present ? values.has(value) || values.has('any') : values.has('none');
    });
}
