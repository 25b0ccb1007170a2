/** How a leaf's operands stand to what its operator takes: worked out once, told by three lints. */
import { either, fits, type Signature, signaturesOf, typeWords, type ValueType } from './language.ts';
import type { Complaint, Subject } from './lint.ts';
import { factOperand, isRecord, type LeafNode } from './tree.ts';

export type OperandProblem = Complaint & { kind: 'fact' | 'value' | 'list' | 'date' };

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** The operator that was probably meant for a fact of this type. */
function instead(leaf: LeafNode, type: ValueType, scope: Subject['scope']): string | undefined {
  const takes = (decorators: readonly string[]) =>
    signaturesOf(decorators, leaf.operator)?.some((signature) => signature.fact === type) ?? false;
  if (type.startsWith('list<') && takes(['someFact']))
    return `${leaf.fact} is a list: write \`someFact:${leaf.operator}\` or \`everyFact:${leaf.operator}\`${scope === 'declaration' && leaf.fact.startsWith('item.') ? ', or make it a rule of `scope: item`' : ''}.`;
  const plain = leaf.decorators.filter((name) => name !== 'someFact' && name !== 'everyFact');
  if (plain.length < leaf.decorators.length && takes(plain))
    return `In this rule ${leaf.fact} is a single value: write \`${[...plain, leaf.operator].join(':')}\`.`;
  if (type === 'text' && /Than/.test(leaf.operator))
    return 'Text has no order: "9" would come after "10". Compare a fact that is a number, or use equal, in, startsWith or matches.';
  if (type === 'text' && /^(contains|doesNotContain)$/.test(leaf.operator))
    return `${leaf.fact} is a text and no list: write \`${leaf.operator}Text\`; json-rules-engine would answer false without a word.`;
  if (type === 'list<text>' || type === 'list<number>')
    return 'Of lists ask contains, containsAny, isEmpty, lengthGreaterThan, ….';
  return undefined;
}

const dayShape = /^\d{4}-\d\d-\d\d/;

function literalProblem(
  subject: Subject,
  leaf: LeafNode,
  literal: unknown,
  takes: readonly (ValueType | 'none')[],
): OperandProblem | undefined {
  const path = [...leaf.path, 'value'];
  const types = takes.filter((type) => type !== 'none');
  // json-rules-engine wants a value everywhere, so `value: true` is what its users write; anything else would mislead.
  if (types.length === 0 && (literal === undefined || literal === true)) return undefined;
  if (types.length === 0)
    return {
      kind: 'value',
      path,
      part: 'key',
      message: `\`${leaf.operator}\` takes no value`,
      fix: 'Remove `value`; for the opposite use the opposite operator, such as isPresent for isMissing.',
    };
  if (types.some((type) => fits(literal, type))) return undefined;
  const wanted = either(types);
  if (literal === undefined || literal === null)
    return {
      kind: 'value',
      path: 'value' in leaf.raw ? path : leaf.path,
      message: `\`${leaf.operator}\` has no value to compare with`,
      fix: `Write \`value:\` with ${wanted}; to ask whether a fact is there use isMissing or isPresent.`,
    };
  const written = subject.source.written([...subject.base, ...path]);
  if (types.every((type) => type.startsWith('list<')) && !Array.isArray(literal))
    return {
      kind: 'list',
      path,
      message: `\`${leaf.operator}\` needs a list and is given ${shown(literal)}${typeof literal === 'string' ? '; json-rules-engine would look for a part of that text' : '; json-rules-engine would end the run'}`,
      fix: `Write it in brackets: value: [${
        typeof literal === 'string'
          ? literal
              .split(/\s*[,;]\s*/)
              .map(shown)
              .join(', ')
          : (written ?? shown(literal))
      }].`,
    };
  if (types.some((type) => /date|instant/.test(type)))
    return {
      kind: 'date',
      path,
      message: `${shown(literal)} is not ${wanted}; compared as text, days would come in the wrong order`,
      fix: types.some((type) => type.includes('date'))
        ? 'Write days as YYYY-MM-DD.'
        : `Write instants as 2026-01-31T08:00:00Z, with the offset${dayShape.test(String(literal)) ? '; a day alone is no instant' : ''}.`,
    };
  const several = Array.isArray(literal) && !types.some((type) => type.startsWith('list<'));
  if (several) {
    const many: Readonly<Record<string, string>> = {
      equal: 'in',
      notEqual: 'notIn',
      contains: 'containsAny',
      doesNotContain: 'containsNone',
    };
    const one = literal.length === 1 ? ` To compare with one write value: ${shown(literal[0])}.` : '';
    const better = many[leaf.operator];
    return {
      kind: 'value',
      path,
      message: `${shown(literal)} is a list, and \`${leaf.operator}\` compares with one value; json-rules-engine would take it without a word`,
      fix: `${better === undefined ? `With several values write \`someValue:${leaf.operator}\`.` : `With several values write \`${better}\`.`}${one}`,
    };
  }
  if (isRecord(literal))
    return {
      kind: 'value',
      path,
      message: `${shown(literal)} is not ${wanted}`,
      fix: 'To compare with another fact write value: { fact: NAME }, and beside it params where the fact takes them.',
    };
  const quotes =
    typeof literal === 'string' &&
    types.includes('number') &&
    literal.trim() !== '' &&
    Number.isFinite(Number(literal))
      ? `Write it without quotes: value: ${literal}. As text, "9" is greater than "10".`
      : typeof literal !== 'string' && types.includes('text')
        ? `Write it in quotes: value: "${(written ?? String(literal)).replaceAll(/^(!!\w+\s+)?["']?|["']$/g, '')}".`
        : Array.isArray(literal) && types.includes('list<text>')
          ? `Write each entry in quotes: [${literal.map((_, i) => `"${subject.source.written([...subject.base, ...path, i])?.replaceAll(/^["']|["']$/g, '') ?? ''}"`).join(', ')}].`
          : types.includes('number') &&
              typeof literal === 'string' &&
              /^[-+]?[\d.,_' ]*\d[\d.,_' ]*$/.test(literal)
            ? 'Write a number with digits and one point, nothing between the thousands: 1000.50.'
            : `${leaf.fact} is ${wanted}.`;
  return { kind: 'value', path, message: `${shown(literal)} is not ${wanted}`, fix: quotes };
}

/** What is wrong with a leaf's operands; undefined where nothing, or where something else must be mended first. */
export function operandProblem(subject: Subject, leaf: LeafNode): OperandProblem | undefined {
  const { vocabulary, scope } = subject;
  const fact = vocabulary.lookup(leaf.fact);
  const type = fact?.type;
  if (fact?.fact !== undefined && type === undefined)
    return {
      kind: 'fact',
      path: [...leaf.path, 'fact'],
      message: `${leaf.fact} is a list for every item; a rule on the declaration would see a list of lists`,
      fix: 'Write `scope: item`.',
    };
  const signatures: readonly Signature[] = signaturesOf(leaf.decorators, leaf.operator) ?? [];
  if (type === undefined || signatures.length === 0) return undefined;
  const matching = signatures.filter((signature) => signature.fact === type);
  if (matching.length === 0)
    return {
      kind: 'fact',
      path: [...leaf.path, 'operator'],
      message: `\`${[...leaf.decorators, leaf.operator].join(':')}\` compares ${either(signatures.map((signature) => signature.fact))}, and ${leaf.fact} is ${typeWords(type)}`,
      fix: instead(leaf, type, scope),
    };
  const takes = matching.map((signature) => signature.value);
  const other = factOperand(leaf.operand);
  if (other === undefined) return literalProblem(subject, leaf, leaf.operand, takes);
  const name = vocabulary.lookup(other.fact);
  const otherType = name?.type;
  if (otherType === undefined || takes.includes(otherType)) return undefined;
  return {
    kind: 'value',
    path: [...leaf.path, 'value', 'fact'],
    message: `${leaf.fact} is ${typeWords(type)} and is compared with ${other.fact}, which is ${typeWords(otherType)}; \`${leaf.operator}\` needs ${either(takes)}`,
    fix: 'Compare with a fact of the same type, or convert it in a `let`.',
  };
}
