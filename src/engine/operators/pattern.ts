/** Regular expressions by re2js: linear in the text's length whatever the pattern, so no rule can stall a check. */
import { RE2JS } from 're2js';

export interface Pattern {
  /** Whether it is found anywhere in the text; `^` and `$` anchor it. */
  test(text: string): boolean;
}

const compiled = new Map<string, Pattern>();
const remembered = 1000;

/** Patterns are literals of rules, so there are few; the bound guards against a fact used as a pattern. */
export function patternOf(source: string): Pattern {
  let pattern = compiled.get(source);
  if (pattern === undefined) {
    if (compiled.size >= remembered) compiled.clear();
    pattern = remembering(RE2JS.compile(source));
    compiled.set(source, pattern);
  }
  return pattern;
}

/** Goods are described in the same words again and again. */
const answersKept = 500;
const longestKept = 200;

function remembering(pattern: RE2JS): Pattern {
  const answers = new Map<string, boolean>();
  return {
    test(text) {
      const known = answers.get(text);
      if (known !== undefined) return known;
      const answer = pattern.test(text);
      if (text.length > longestKept) return answer;
      if (answers.size >= answersKept) answers.clear();
      answers.set(text, answer);
      return answer;
    },
  };
}

export const matchesPattern = (text: string, source: string): boolean => patternOf(source).test(text);

export function refusePattern(source: unknown): string | undefined {
  try {
    patternOf(String(source));
    return undefined;
  } catch (thrown) {
    return `not a regular expression of RE2: ${(thrown as Error).message}`;
  }
}
