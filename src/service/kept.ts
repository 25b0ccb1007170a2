/** Conditions that keep figures to what a caller may know: offices of his own, and no rule he must not hear of. Pure. */
import type { Definition } from '../indicators/definition.ts';
import type { Caller } from './caller.ts';

/** Dimensions whose values may be the names of rules. */
const ruleDimensions = ['rule', 'criterion'];

/**
 * Figures by rule, or of some, leave out the rules that are kept from the caller, as if no such rule had ever decided.
 * @param by dimensions asked for, and `where` conditions of the request
 */
export function keptRules(
  definition: Definition,
  by: readonly string[],
  where: readonly string[],
  kept: readonly string[],
): string[] {
  if (kept.length === 0) return [];
  return ruleDimensions
    .filter(
      (dimension) =>
        definition.dimensions.includes(dimension) &&
        [dimension, 'risk'].some((name) => by.includes(name) || where.some((text) => text.includes(name))),
    )
    .map(
      (dimension) =>
        `${dimension} not in (${kept.map((id) => JSON.stringify(id)).join(', ')}) or ${dimension} is null`,
    );
}

/** Whoever is good for some offices measures these alone. */
export const officesOf = ({ offices }: Caller): string[] =>
  offices === undefined ? [] : [`office in (${offices.map((office) => JSON.stringify(office)).join(', ')})`];
