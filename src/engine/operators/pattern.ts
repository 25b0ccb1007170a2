/** Regular expressions by re2js: linear in the text's length whatever the pattern, so no rule can stall a check. */
import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS>();
const remembered = 1000;

/** Patterns are literals of rules, so there are few; the bound guards against a fact used as a pattern. */
export function patternOf(source: string): RE2JS {
  let pattern = compiled.get(source);
  if (pattern === undefined) {
    if (compiled.size >= remembered) compiled.clear();
    pattern = RE2JS.compile(source);
    compiled.set(source, pattern);
  }
  return pattern;
}

/** Found anywhere in the text; `^` and `$` anchor it. */
export const matchesPattern = (text: string, source: string): boolean => patternOf(source).test(text);

export function refusePattern(source: unknown): string | undefined {
  try {
    patternOf(String(source));
    return undefined;
  } catch (thrown) {
    return `not a regular expression of RE2: ${(thrown as Error).message}`;
  }
}
