/**
 * RL214: a code in a form that no declaration writes. `item.origin equal cn` is well typed and never holds, and
 * `notIn [cn]` always does. Each kind of code is a row of the table: which facts have it, how it is written, what was meant.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import countries from 'i18n-iso-countries';
import { countryCode, isCountry } from '../../declaration/codes.ts';
import { dottedName } from '../../engine/expression/parse.ts';
import type { Complaint, Lint, Subject } from './lint.ts';
import { operandProblem } from './operand-types.ts';
import { factOperand } from './tree.ts';

interface CodeKind {
  /** Names of facts: the whole name, or what follows its last dot or word. */
  facts: RegExp;
  is: string;
  /** A whole code. */
  whole: RegExp;
  /** Any part of one. */
  part: RegExp;
  /** The code that was probably meant. */
  meant?(text: string): string | undefined;
}

const capitals = (text: string): string => text.toUpperCase().trim();
const digits = (text: string): string => text.replace(/\D/g, '');

/** Letters of other alphabets that look like Latin ones: Greek and Cyrillic capitals as they come off a keyboard. */
const lookAlikes: Readonly<Record<string, string>> = Object.fromEntries(
  [...'АВЕКМНОРСТХУІЅЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧ'].map((letter, i) => [letter, 'ABEKMHOPCTXYISJABEZHIKMNOPTYX'[i]!]),
);
const latin = (text: string): string => [...text].map((letter) => lookAlikes[letter] ?? letter).join('');

function meantCountry(text: string): string | undefined {
  const letters = capitals(latin(text));
  if (letters.length === 3) return countries.alpha3ToAlpha2(letters);
  return isCountry(letters) ? letters : undefined;
}

const currencySigns: Readonly<Record<string, string>> = { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY' };

const commodity: CodeKind = {
  facts: /^(item\.hs|item\.previousHs|items\.hsCodes)$/,
  is: 'a commodity code is written in digits alone, six at the least',
  whole: /^\d{6,14}$/,
  part: /^\d{0,14}$/,
  meant: digits,
};

const kinds: readonly CodeKind[] = [
  {
    facts:
      /(^|\.)(country|origin|preferentialOrigin|dispatch|destination|trading|firstDestination|loadingCountry|destinationCountry|borderRegistration)$/,
    is: 'a country is written as its two capitals of ISO 3166',
    // More capitals are words of a source, such as MANY; three are a country only in another column of the standard.
    whole: /^[A-Z0-9]+$/,
    part: /^[A-Z0-9]*$/,
    meant: meantCountry,
  },
  {
    facts: /(^currency|[.a-z]Currency|\.currency|Currencies)$/,
    is: 'a currency is written as its three capitals of ISO 4217',
    whole: /^[A-Z]{3}$/,
    part: /^[A-Z]{0,3}$/,
    meant: (text) => currencySigns[text.trim()] ?? capitals(latin(text)),
  },
  commodity,
  ...[2, 4, 6].map(
    (length): CodeKind => ({
      facts: new RegExp(`^item\\.hs${length}$`),
      is: `item.hs${length} has ${length} digits`,
      whole: new RegExp(`^\\d{${length}}$`),
      part: new RegExp(`^\\d{0,${length}}$`),
      meant: (text) => digits(text).slice(0, length),
    }),
  ),
  {
    facts: /^item\.procedure$/,
    is: 'a procedure has four characters, the requested and the previous one: 4000',
    whole: /^[0-9A-Z]{4}$/,
    part: /^[0-9A-Z]{0,4}$/,
    meant: (text) => capitals(text).replace(/[^0-9A-Z]/g, ''),
  },
  {
    facts: /^(item\.(requested|previous)Procedure|items\.requestedProcedures)$/,
    is: 'a requested or previous procedure has two characters: 40',
    whole: /^[0-9A-Z]{2}$/,
    part: /^[0-9A-Z]{0,2}$/,
    meant: (text) => capitals(text).slice(0, 2),
  },
  {
    facts: /(^|\.)(generalProcedures?)$/,
    is: 'a general procedure is one character: 4',
    whole: /^[0-9A-Z]$/,
    part: /^[0-9A-Z]?$/,
    meant: (text) => capitals(text).slice(0, 1),
  },
  {
    facts: /^terms\.incoterm$/,
    is: 'delivery terms are written in three capitals of the Incoterms',
    whole: /^[A-Z]{3}$/,
    part: /^[A-Z]{0,3}$/,
    meant: (text) => capitals(latin(text)),
  },
  {
    facts:
      /(^|\.)(units?|packageKinds|missingUnits|otherUnits|[a-z]*[dD]ocumentCodes|documents\.(c|allC)odes|taxCodes)$/,
    is: 'units, kinds of package, documents and taxes are coded in capitals and digits',
    whole: /^[^\p{Ll}]+$/u,
    part: /^[^\p{Ll}]*$/u,
    meant: capitals,
  },
];

const kindOf = (fact: string): CodeKind | undefined => kinds.find(({ facts }) => facts.test(fact));

/** How much of the code an operator, or a function of CEL, asks for. */
const asked: Readonly<Record<string, 'whole' | 'part'>> = {
  ...Object.fromEntries(
    ['equal', 'notEqual', 'in', 'notIn', 'contains', 'doesNotContain', 'containsAny', 'containsNone'].map(
      (name) => [name, 'whole'],
    ),
  ),
  ...Object.fromEntries(['containsAll', 'doesNotContainAll', '==', '!='].map((name) => [name, 'whole'])),
  ...Object.fromEntries(
    [
      'startsWith',
      'doesNotStartWith',
      'endsWith',
      'doesNotEndWith',
      'containsText',
      'doesNotContainText',
    ].map((name) => [name, 'part']),
  ),
};

/** What is wrong with one code; undefined where nothing is. */
function fault(fact: string, text: string, as: 'whole' | 'part'): Omit<Complaint, 'path'> | undefined {
  const kind = kindOf(fact);
  if (text === '') return undefined;
  if (kind === undefined)
    return /^[^\s*]+\*$/.test(text)
      ? {
          message: `* is no wildcard: ${JSON.stringify(text)} is compared letter by letter`,
          fix: `Write startsWith and ${JSON.stringify(text.slice(0, -1))}; with someValue:startsWith several.`,
        }
      : undefined;
  const isCountryKind = kind.meant === meantCountry;
  // CHN and 156 are countries, but never the two letters that readers leave.
  const elsewhere =
    isCountryKind &&
    as === 'whole' &&
    text.length === 3 &&
    (countries.alpha3ToAlpha2(text) !== undefined || countryCode(text) !== text);
  if (kind[as].test(text) && !elsewhere) return undefined;
  const message = `no declaration has ${fact} ${JSON.stringify(text)}: ${kind.is}`;
  const bare = text.replace(/\*$/, '');
  if (as === 'whole' && bare !== '' && !kind.whole.test(bare) && kind.part.test(bare))
    return {
      message,
      fix: `For all that begin with ${JSON.stringify(bare)} write startsWith instead${text === bare ? '' : '; * is no wildcard here'}.`,
    };
  const meant = isCountryKind ? (meantCountry(bare) ?? numbered(bare)) : kind.meant?.(bare);
  const isBetter = meant !== undefined && meant !== '' && meant !== text && kind[as].test(meant);
  return { message, ...(isBetter ? { fix: `Did you mean ${JSON.stringify(meant)}?` } : {}) };
}

const numbered = (text: string): string | undefined => {
  const code = countryCode(text);
  return code === text ? undefined : code;
};

/** The fact that a name stands for: itself, or the one that a `let` is another name of. */
function factOf({ vocabulary }: Subject, name: string, depth = 0): string {
  const text = vocabulary.lookup(name)?.let?.text?.trim();
  return text === undefined || depth > 8 || vocabulary.lookup(text) === undefined
    ? name
    : factOf({ vocabulary } as Subject, text, depth + 1);
}

/** Texts that an expression compares with a fact, with their places in it. */
function* compared(
  part: unknown,
): Generator<{ name: string; text: string; as: 'whole' | 'part'; at: number }> {
  if (Array.isArray(part)) for (const each of part) yield* compared(each);
  else if (isNode(part)) {
    const { op } = part;
    const operands = callOf(part);
    const [left, right] = operands?.args ?? [];
    const as = operands && (operands.name === 'in' ? 'whole' : asked[operands.name]);
    if (as !== undefined && left !== undefined && right !== undefined)
      for (const [one, other] of [
        [left, right],
        [right, left],
      ] as const) {
        const name = dottedName(one);
        if (name === undefined) continue;
        for (const each of other.op === 'list' ? (other.args as ASTNode[]) : [other])
          if (each.op === 'value' && typeof each.args === 'string')
            yield { name, text: each.args, as, at: each.range.start };
      }
    if (op !== 'value') yield* compared(part.args);
  }
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value;

function callOf(node: ASTNode): { name: string; args: readonly ASTNode[] } | undefined {
  if (node.op === 'call') return { name: node.args[0], args: node.args[1] };
  if (node.op === 'rcall') return { name: node.args[0], args: [node.args[1], ...node.args[2]] };
  return node.op === '==' || node.op === '!=' || node.op === 'in'
    ? { name: node.op, args: node.args }
    : undefined;
}

/** A text that is compared with a code, in a condition or in a `let`. */
export interface ComparedCode extends Pick<Complaint, 'path' | 'character'> {
  /** The fact that is meant, a let's own name followed. */
  fact: string;
  text: string;
  as: 'whole' | 'part';
}

export function* codesIn(subject: Subject): Generator<ComparedCode> {
  for (const leaf of subject.leaves) {
    const { operator, operand, path } = leaf;
    const as = asked[operator];
    if (as === undefined || factOperand(operand) !== undefined || operandProblem(subject, leaf) !== undefined)
      continue;
    const isList = Array.isArray(operand);
    for (const [i, text] of (isList ? operand : [operand]).entries())
      if (typeof text === 'string')
        yield {
          fact: factOf(subject, leaf.fact),
          text,
          as,
          path: [...path, 'value', ...(isList ? [i] : [])],
        };
  }
  for (const { name, expression } of subject.vocabulary.lets.values())
    for (const { name: fact, text, as, at } of compared(expression?.ast))
      yield { fact: factOf(subject, fact), text, as, path: ['let', name], character: at };
}

/** Whether a fact is a country, or countries. */
export const isOfCountries = (fact: string): boolean => kindOf(fact)?.meant === meantCountry;

export const codeForm: Lint = {
  code: 'RL214',
  name: 'code-form',
  severity: 'error',
  finds: 'a code of a country, currency, commodity, procedure or unit in a form that no declaration writes',
  about: 'conditions',
  *check(subject) {
    for (const leaf of subject.leaves) {
      const { fact, operator, operand, path } = leaf;
      if (factOperand(operand) !== undefined || operandProblem(subject, leaf) !== undefined) continue;
      const isHs = kindOf(factOf(subject, fact)) === commodity;
      if (isHs && /matches|doesNotMatch/i.test(operator) && /\\\.|[ _]/.test(String(operand)))
        yield {
          path: [...path, 'value'],
          message: `no ${fact} matches ${JSON.stringify(operand)}: ${commodity.is}`,
          fix: 'Leave dots and spaces out of the pattern.',
        };
    }
    for (const { fact, text, as, ...place } of codesIn(subject)) {
      const found = fault(fact, text, as);
      if (found !== undefined) yield { ...place, ...found };
    }
  },
};
