/** `--lang`, in which rules speak: one that none of them speaks would be answered in English, as if that had been asked for. */
import type { Rule } from '../rules/model.ts';
import { badArgument } from './rules-folder.ts';

/** Throws CC_BAD_ARGUMENT, with the languages there are. */
export function knownLanguage(asked: string, rules: readonly Rule[]): void {
  const known = [...new Set(rules.flatMap(({ message }) => Object.keys(message)))].sort();
  // English is what a text without one in the language asked for is told in; a rulebook of no rules says nothing.
  if (known.length === 0 || asked === 'en' || known.includes(asked)) return;
  throw badArgument('--lang', `no rule speaks "${asked}"; there are ${known.join(', ')}`);
}
