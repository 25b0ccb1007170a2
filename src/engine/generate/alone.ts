/** Functions of one rule that stand by themselves and read what they need: explanations, made when a rule first hits. */
import type { Plan } from '../plan.ts';
import { declare, readStatements, readsOf } from './chunk.ts';
import { MissingBits, readSingle } from './reads.ts';
import { runtime } from './runtime.ts';
import type { Writer } from './writer.ts';

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
