/** Some and every over a list, in Kleene's logic: what is unknown of one entry does not hide what another decides. */
import type { Truth } from '../values.ts';

export function someOf(list: readonly unknown[], test: (entry: never) => Truth): Truth {
  let unknown = false;
  for (const entry of list) {
    const truth = test(entry as never);
    if (truth === true) return true;
    if (truth === undefined) unknown = true;
  }
  return unknown ? undefined : false;
}

export function everyOf(list: readonly unknown[], test: (entry: never) => Truth): Truth {
  let unknown = false;
  for (const entry of list) {
    const truth = test(entry as never);
    if (truth === false) return false;
    if (truth === undefined) unknown = true;
  }
  return unknown ? undefined : true;
}

export const someLoop = (test: string): string =>
  `for (let i = 0; i < list.length; i++) { const entry = list[i]; if (${test}) return true; } return false;`;
export const everyLoop = (test: string): string =>
  `for (let i = 0; i < list.length; i++) { const entry = list[i]; if (!(${test})) return false; } return true;`;
