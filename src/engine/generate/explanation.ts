/**
 * Explanations as generated code: one function for each rule, made when the rule first hits. It writes the finding's
 * message, values and tree out as literals, several times faster than closures can fill them in. It knows only hits on
 * which nothing that it shows is missing; it answers undefined on others, and closures explain those.
 */
import type { FactSheet } from '../../facts/model.ts';
import { itemNumberPart } from '../bound-message.ts';
import { type Explained, itemNumber, type Shown, valueName } from '../explain.ts';
import type { BaseSlot, Slot } from '../slot.ts';
import { type LeafNode, leavesOf, type Node, positiveLeaf, slotsOfLeaf } from '../tree.ts';
import { factValueOf } from '../values.ts';
import { writeFunction } from './alone.ts';
import { Writer } from './writer.ts';

export type GeneratedExplainer = (sheet: FactSheet, index: number) => Explained | undefined;

export function generatedExplainer({ tree, values, messages }: Shown): GeneratedExplainer | undefined {
  // In a literal this name would set the prototype.
  if (values.has('__proto__') || messages.some(({ language }) => language === '__proto__')) return undefined;
  const writer = new Writer();
  const slots = [...values.values(), ...[...leavesOf(tree)].flatMap(slotsOfLeaf)];
  const shownSlots = [...new Map(slots.map((slot) => [slot.id, slot])).values()];
  const message = messages.map(({ language, parts }) => {
    const text = parts.map((part) => {
      if (typeof part === 'string') return JSON.stringify(part);
      if (part === itemNumberPart) return `${writer.constant(itemNumber)}(items, index)`;
      return `${writer.constant(part.write)}(${writer.variable(part.slot)})`;
    });
    return `${JSON.stringify(language)}: '' + ${text.join(' + ') || "''"}`;
  });
  const shown = [...values].map(([name, slot]) => `${JSON.stringify(name)}: ${show(slot, writer)}`);
  const results: string[] = [];
  const explanation = writeNode(tree, writer, results);
  return writeFunction(slots, writer, (missing) => {
    const absent = [
      ...missing.among(shownSlots.filter((slot): slot is BaseSlot => slot.source !== 'let')),
      ...shownSlots
        .filter(({ source }) => source === 'let')
        .map((slot) => `${writer.variable(slot)} === undefined`),
    ];
    return `${absent.length === 0 ? '' : `if (${absent.join(' || ')}) return undefined;`}
${results.join('\n')}
return { message: { ${message.join(', ')} }, values: { ${shown.join(', ')} }, explanation: ${explanation} };`;
  }) as GeneratedExplainer;
}

/** Types that the engine holds as they are shown; lists of them were made for this explanation, so they are given away. */
const shownAsHeld: ReadonlySet<string> = new Set(
  ['number', 'text', 'boolean'].flatMap((type) => [type, `list<${type}>`]),
);

function show(slot: Slot, writer: Writer): string {
  const variable = writer.variable(slot);
  return shownAsHeld.has(slot.type)
    ? variable
    : `${writer.constant(factValueOf)}(${JSON.stringify(slot.type)}, ${variable})`;
}

/** An object literal; the results of all conditions become constants, inner ones first. Nothing is unknown here. */
function writeNode(node: Node, writer: Writer, results: string[]): string {
  const result = (code: string): string => {
    const name = `r${results.length}`;
    results.push(`const ${name} = ${code};`);
    return name;
  };
  const named = (name: string | undefined): string =>
    name === undefined ? '' : `, name: ${JSON.stringify(name)}`;
  return literal(node).code;

  function literal(part: Node): { code: string; result: string } {
    if (part.kind === 'leaf') {
      const own = result(`!!${writer.leaf(positiveLeaf(part))}`);
      return { code: leafLiteral(part, own), result: own };
    }
    const children = (part.kind === 'not' ? [part.child] : part.children).map(literal);
    const told = children.map((child) => child.result);
    const own = result(
      part.kind === 'not' ? `!${told[0]}` : told.join(part.kind === 'all' ? ' && ' : ' || '),
    );
    const inner =
      part.kind === 'not' ? children[0]!.code : `[${children.map(({ code }) => code).join(', ')}]`;
    return { code: `{ ${part.kind}: ${inner}, result: ${own}${named(part.name)} }`, result: own };
  }

  function leafLiteral({ source, fact, value, ...leaf }: LeafNode, own: string): string {
    const compared =
      value.kind === 'slot'
        ? `, value: ${show(value.slot, writer)}, valueFact: ${JSON.stringify(valueName({ source, fact, value, ...leaf }, value.slot))}`
        : value.kind === 'literal'
          ? `, value: ${Array.isArray(source.value) ? writer.constant(source.value) : JSON.stringify(source.value)}`
          : '';
    const params = source.params === undefined ? '' : `, params: ${writer.constant(source.params)}`;
    return `{ operator: ${JSON.stringify(source.operator)}, fact: ${JSON.stringify(source.fact)}${params}, factValue: ${show(fact, writer)}${compared}, result: ${own}${named(source.name)} }`;
  }
}
