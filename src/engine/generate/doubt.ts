/**
 * A rule that does not hold and has lost a fact: which missing facts leave it unknown. One function for each rule, made
 * when it is first asked; it reads the facts again, since by then most rules are through.
 */
import type { FactSheet } from '../../facts/model.ts';
import type { Plan } from '../plan.ts';
import { declare, readStatements, readsOf } from './chunk.ts';
import { lost } from './conditions.ts';
import { MissingBits, readSingle } from './reads.ts';
import { runtime } from './runtime.ts';
import { Writer } from './writer.ts';

/** Bits of `namesReported` of the rule's tree; 0 where the rule is definitely false. */
export type Doubt = (sheet: FactSheet, index: number) => number;

/** Undefined where a rule can report more facts than an integer has bits. */
export function generatedDoubt({ tree, slots }: Plan): Doubt | undefined {
  const writer = new Writer();
  const code = lost(tree, writer);
  if (code === undefined) return undefined;
  return writeFunction(slots, writer, (_) => `return ${code};`) as Doubt;
}

/** A function of sheet and item that reads the slots and computes their lets, then runs the body. */
export function writeFunction(
  slots: Plan['slots'],
  writer: Writer,
  body: (missing: MissingBits) => string,
): unknown {
  const { bases, lets } = readsOf(slots);
  const missing = new MissingBits('m');
  const read = [
    readStatements(
      bases.filter(({ level }) => level === 'declaration'),
      writer,
      missing,
    ),
    ...bases.filter(({ level }) => level === 'item').map((slot) => readSingle(slot, writer, missing)),
  ].join('\n');
  const computed = lets.map(
    (slot) => `const ${writer.variable(slot)} = ${writer.expression(slot.expression)};`,
  );
  const written = body(missing);
  const source = `'use strict';
const { ${Object.keys(runtime).join(', ')} } = runtime;
${writer.constants.map((_, i) => `const k${i} = k[${i}];`).join('\n')}
${writer.helpers.join('\n')}
return (sheet, index) => {
const { header, items } = sheet; const calls = sheet.calls ?? none; const allItemCalls = sheet.itemCalls;
const item = items[index] ?? none; const itemCalls = allItemCalls?.[index] ?? none;
${declare([...bases.map((slot) => writer.variable(slot)), ...missing.zeros()])}
${read}
${computed.join('\n')}
${written}
};`;
  return new Function('runtime', 'k', source)(runtime, writer.constants);
}
