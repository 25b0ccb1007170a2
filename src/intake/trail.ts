/** Events and outcomes on their own, as the service and scripts send them: one JSON object or an array of them. */
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import { type Validate, validateEvent, validateOutcome } from '../declaration/validate.ts';
import { CrosscheckError } from '../errors.ts';
import { utf8Text } from './input.ts';
import { parseJson } from './json-text.ts';

const most = 10_000;

const refuse = (pointer: string, problem: string): CrosscheckError =>
  new CrosscheckError('CC_DECLARATION_INVALID', { pointer, problem }, { pointer });

/** Each element through the gate; an array is refused whole at its first bad element, whose pointer is named. */
function each<T>(body: Uint8Array, read: (value: unknown, pointer: string) => T): T[] {
  const value = parseJson(utf8Text(body, 1));
  if (!Array.isArray(value)) return [read(value, '')];
  if (value.length > most)
    throw refuse('/', `holds ${value.length} elements, at most ${most} are taken at once`);
  return value.map((element, index) => read(element, `/${index}`));
}

/** The validator's pointer is within the element; the reader's is within the body. */
function within<T>(validate: Validate<T>, value: unknown, pointer: string): T {
  try {
    return validate(value);
  } catch (thrown) {
    if (pointer === '' || !(thrown instanceof CrosscheckError)) throw thrown;
    throw refuse(
      pointer + String(thrown.params.pointer ?? '').replace(/^\/$/, ''),
      String(thrown.params.problem),
    );
  }
}

export const readEvents = (body: Uint8Array): TrailEvent[] =>
  each(body, (value, pointer) => within(validateEvent, value, pointer));

export interface NamedOutcome {
  /** Reference of the declaration that the outcome is of, or another name of it. */
  declaration: string;
  outcome: Outcome;
}

export const readOutcomes = (body: Uint8Array): NamedOutcome[] =>
  each(body, (value, pointer) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw refuse(pointer || '/', 'must be an object');
    }
    const { declaration, ...rest } = value as Record<string, unknown>;
    if (typeof declaration !== 'string' || declaration === '') {
      throw refuse(`${pointer}/declaration`, 'must be the reference of the declaration');
    }
    return { declaration, outcome: within(validateOutcome, rest, pointer) };
  });
