/** The holes of a message, `{valuation.cif}` or `{gap|0}`, as the engine reads them. */
import { holesOf } from '../../engine/message.ts';

export interface Placeholder {
  name: string;
  /** First character of the name, from 0. */
  character: number;
  /** It chooses a word by the value, and does not show it. */
  isChoice: boolean;
}

/** `{item}` is the number of the item and no fact; it comes along with every finding on an item. */
export const itemHole = 'item';

export const placeholders = (text: string): Placeholder[] =>
  holesOf(text).map(({ name, start, words }) => ({
    name,
    character: start + 1,
    isChoice: words !== undefined,
  }));
