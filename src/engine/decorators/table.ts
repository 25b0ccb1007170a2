/** The decorators of json-rules-engine 7, by name. */
import type { Decorator } from './decorator.ts';
import { everyFact } from './everyFact.ts';
import { everyValue } from './everyValue.ts';
import { not } from './not.ts';
import { someFact } from './someFact.ts';
import { someValue } from './someValue.ts';
import { swap } from './swap.ts';

export const decorators: ReadonlyMap<string, Decorator> = new Map(
  [someFact, everyFact, someValue, everyValue, swap, not].map((decorator) => [decorator.name, decorator]),
);
