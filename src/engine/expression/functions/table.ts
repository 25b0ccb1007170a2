/** Every function and sign that a `let` can use, by name; several of one name differ in the types they take. */
import { dateFunctions } from './dates.ts';
import type { Fn } from './function.ts';
import { listFunctions } from './lists.ts';
import { logicFunctions } from './logic.ts';
import { numberFunctions } from './numbers.ts';
import { textFunctions } from './texts.ts';

const byName = new Map<string, Fn[]>();
for (const fn of [
  ...numberFunctions,
  ...logicFunctions,
  ...textFunctions,
  ...dateFunctions,
  ...listFunctions,
]) {
  const overloads = byName.get(fn.name);
  if (overloads === undefined) byName.set(fn.name, [fn]);
  else overloads.push(fn);
}

export const functions: ReadonlyMap<string, readonly Fn[]> = byName;
