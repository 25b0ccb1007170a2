/** A rule's messages with their holes bound to what they show: what both ways of explaining write from. */
import { CrosscheckError } from '../errors.ts';
import type { Rule } from '../rules/model.ts';
import { chooserOf, parseMessage, writerOf } from './message.ts';
import type { Names } from './names.ts';
import type { Slot } from './slot.ts';
import type { Value } from './values.ts';

/** Plain text, the number of the item, or a value with how it is written in the language. */
export const itemNumberPart = Symbol('item number');
export type BoundPart =
  | string
  | typeof itemNumberPart
  | { slot: Slot; name: string; write(value: Value): string };

export interface BoundMessage {
  language: string;
  parts: readonly BoundPart[];
}

export function bindMessages({ id, message }: Pick<Rule, 'id' | 'message'>, names: Names): BoundMessage[] {
  return Object.entries(message).map(([language, template]) => {
    const refuse = (problem: string): never => {
      throw new CrosscheckError(
        'CC_RULE_UNUSABLE',
        { rule: id, problem },
        { pointer: `/message/${language}` },
      );
    };
    const { parts, problems } = parseMessage(template);
    if (problems[0] !== undefined) refuse(problems[0].message);
    return {
      language,
      parts: parts.map((part): BoundPart => {
        if (typeof part === 'string') return part;
        const { name, format, words } = part;
        if (name === 'item') return itemNumberPart;
        const slot = names.resolve(name);
        if ('problem' in slot) return refuse(slot.problem);
        if (words !== undefined) {
          if (slot.type !== 'number') return refuse(`{${name} ? … : …} chooses by a number, and it is none`);
          return { slot, name, write: chooserOf(language, words) };
        }
        return { slot, name, write: writerOf(language, slot.type, slot.unit, format) };
      }),
    };
  });
}
