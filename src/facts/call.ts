/** A fact with parameters as a rule asks for it, brought to one canonical form: equal calls have equal keys. */
import type { FactCall, FactDefinition, FactValue } from './model.ts';

/** Defaults filled in, parameters in alphabetical order; the key reads `trail.precedence(first=PAY, then=RELEASE)`. */
export function factCall(
  definition: FactDefinition,
  given: Readonly<Record<string, FactValue>> = {},
): FactCall {
  const params: Record<string, FactValue> = {};
  for (const name of Object.keys(definition.params ?? {}).sort()) {
    const value = given[name] ?? definition.params![name]!.default;
    if (value !== undefined) params[name] = value;
  }
  const inner = Object.entries(params).map(([name, value]) => `${name}=${text(value)}`);
  return { key: `${definition.name}(${inner.join(', ')})`, fact: definition.name, params };
}

/** Plain words stay plain; anything that could be mistaken is quoted as JSON. */
const text = (value: FactValue): string =>
  typeof value === 'string' && /^(?!true$|false$)[\p{L}_*][\p{L}\p{N}_.*:+-]*$/u.test(value)
    ? value
    : JSON.stringify(value);
