/**
 * JSON texts, held to more than JSON.parse holds them: nesting is limited, a member given twice is refused (readers
 * disagree on which one counts, so it can hide a value), `__proto__` is no name, integers must fit a double exactly.
 * Errors tell line and column, which JSON.parse on Node 20 does not.
 */
import { CrosscheckError } from '../errors.ts';
import { defaultLimits, type Limits } from './limits.ts';

const space = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Zero and surrogates without their other half: JSON can escape them, but UTF-8 and databases change or refuse them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 is what is looked for
const unstorable = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

class Refusal {
  readonly problem: string;
  readonly offset: number;
  constructor(problem: string, offset: number) {
    this.problem = problem;
    this.offset = offset;
  }
}

/**
 * The value of a JSON text. Throws CC_JSON_MALFORMED with the place, counted from `line` and `column` (both 1-based).
 *
 * Almost every text is innocent, and JSON.parse is native: it goes first. Only where it fails, or where its value raises
 * a suspicion, is the text walked in our own way, which finds the place or finds nothing.
 */
export function parseJson(text: string, line = 1, column = 1, limits: Limits = defaultLimits): unknown {
  const parsed = tryParse(text);
  if (parsed !== undefined && isInnocent(text, parsed.value, limits.depth)) return parsed.value;
  try {
    inspect(text, limits.depth);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const before = text.slice(0, thrown.offset);
    const breaks = before.split('\n').length - 1;
    const last = before.length - (before.lastIndexOf('\n') + 1);
    throw new CrosscheckError(
      'CC_JSON_MALFORMED',
      { problem: thrown.problem },
      { line: line + breaks, column: breaks === 0 ? column + last : last + 1 },
    );
  }
  if (parsed === undefined) {
    throw new CrosscheckError('CC_JSON_MALFORMED', { problem: 'it does not parse' }, { line, column });
  }
  return parsed.value;
}

function tryParse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** A member given twice is one in the value and two in the text: the numbers tell. */
const isInnocent = (text: string, value: unknown, depth: number): boolean =>
  !text.includes('\\u') && membersOf(value, depth) === membersIn(text);

/** Members of all objects in a value; -1 where it is too deep, has a number that is not exact or a name that is refused. */
function membersOf(part: unknown, levels: number): number {
  if (typeof part === 'number')
    return Number.isFinite(part) && (Number.isSafeInteger(part) || !Number.isInteger(part)) ? 0 : -1;
  if (typeof part !== 'object' || part === null) return 0;
  if (levels === 0) return -1;
  let members = 0;
  if (Array.isArray(part)) {
    for (let at = 0; at < part.length; at += 1) {
      const inner = membersOf(part[at], levels - 1);
      if (inner < 0) return -1;
      members += inner;
    }
    return members;
  }
  const record = part as Record<string, unknown>;
  for (const name in record) {
    const inner = name === '__proto__' ? -1 : membersOf(record[name], levels - 1);
    if (inner < 0) return -1;
    members += inner + 1;
  }
  return members;
}

/** In a text that is JSON: how many of its strings are followed by a colon. */
function membersIn(text: string): number {
  let members = 0;
  let start = text.indexOf('"');
  while (start >= 0) {
    let end = text.indexOf('"', start + 1);
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
    let after = end + 1;
    while (text.charCodeAt(after) <= 32) after += 1;
    if (text.charCodeAt(after) === 58) members += 1;
    start = text.indexOf('"', after);
  }
  return members;
}

/** True where an odd number of backslashes stands before the place. */
function isEscaped(text: string, place: number): boolean {
  let before = place - 1;
  while (text.charCodeAt(before) === 92) before -= 1;
  return (place - before) % 2 === 0;
}

/** Walks the text once; throws a Refusal at the first breach. Recursion is bounded by `depth`. */
function inspect(text: string, depth: number): void {
  let at = 0;

  const refuse = (problem: string, offset = at): never => {
    throw new Refusal(offset >= text.length ? 'it ends too early' : problem, offset);
  };
  const skip = (): void => {
    // Most gaps are empty; the expression is only started where there is white space.
    if (text.charCodeAt(at) > 32) return;
    space.lastIndex = at;
    space.test(text);
    at = space.lastIndex;
  };
  const readString = (): string => {
    const start = at;
    // A loop and no expression: texts can be as long as the limits allow, the engine's stack is not.
    for (at += 1; text.charCodeAt(at) !== 34; ) {
      escaped.lastIndex = at;
      if (text.charCodeAt(at) === 92 && escaped.test(text)) at = escaped.lastIndex;
      else if (text.charCodeAt(at) >= 32 && text.charCodeAt(at) !== 92) at += 1;
      else refuse('a text is not closed or holds a character that must be escaped');
    }
    at += 1;
    const raw = text.slice(start, at);
    if (raw.includes('\\u') && unstorable.test(JSON.parse(raw))) {
      refuse('a text holds U+0000 or half a character, which no store keeps', start);
    }
    return raw;
  };
  const readNumber = (): void => {
    const start = at;
    number.lastIndex = at;
    const found = number.exec(text) ?? refuse(`unexpected ${JSON.stringify(text[at])}`);
    at = number.lastIndex;
    const value = Number(found[0]);
    const integer = found[1] === undefined && found[2] === undefined;
    if (integer ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
      refuse(`the number ${found[0].slice(0, 40)} is too large to be held exactly`, start);
    }
  };
  const readWord = (word: string): void => {
    if (!text.startsWith(word, at)) refuse(`unexpected ${JSON.stringify(text[at])}`);
    at += word.length;
  };
  const readObject = (level: number): void => {
    const names = new Set<string>();
    at += 1;
    skip();
    if (text[at] === '}') {
      at += 1;
      return;
    }
    for (;;) {
      const start = at;
      if (text[at] !== '"') refuse('a member name is expected');
      const raw = readString();
      const name = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
      if (name === '__proto__') refuse('the name __proto__ is refused', start);
      if (names.has(name)) refuse(`the member '${name.slice(0, 80)}' is given twice`, start);
      names.add(name);
      skip();
      if (text[at] !== ':') refuse("':' is expected");
      at += 1;
      readValue(level);
      if (text[at] === ',') {
        at += 1;
        skip();
      } else if (text[at] === '}') {
        at += 1;
        return;
      } else refuse("',' or '}' is expected");
    }
  };
  const readArray = (level: number): void => {
    at += 1;
    skip();
    if (text[at] === ']') {
      at += 1;
      return;
    }
    for (;;) {
      readValue(level);
      if (text[at] === ',') at += 1;
      else if (text[at] === ']') {
        at += 1;
        return;
      } else refuse("',' or ']' is expected");
    }
  };
  const readValue = (level: number): void => {
    skip();
    const first = text[at];
    if (first === '"') readString();
    else if (first === '{' || first === '[') {
      if (level === 0) refuse(`it is nested deeper than ${depth} levels`);
      if (first === '{') readObject(level - 1);
      else readArray(level - 1);
    } else if (first === 't') readWord('true');
    else if (first === 'f') readWord('false');
    else if (first === 'n') readWord('null');
    else readNumber();
    skip();
  };

  readValue(depth);
  if (at < text.length) refuse('there is more after its end');
}
