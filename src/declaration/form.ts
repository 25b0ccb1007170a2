/**
 * Whether a declaration stands by itself, or is a part of one that is lodged in two: a simplified declaration, which may leave
 * out particulars and documents and on which the goods are released, and the supplementary one, which follows the release.
 * EU Delegated Regulation 2015/2446, Annex B, data element 1/2; a country with other letters is read as standard.
 */
import type { Declaration } from './declaration.ts';

export type DeclarationForm = 'standard' | 'simplified' | 'supplementary';

const letters = new Map<string, DeclarationForm>([
  ...[...'BCEF'].map((letter) => [letter, 'simplified'] as const),
  ...[...'UVXYZ'].map((letter) => [letter, 'supplementary'] as const),
]);

/** Previous documents that stand for the simplified declaration or the entry in the declarant's records. */
const ofSimplified = new Set(['CLE', 'SDE', 'NCLE']);

const letterOf = ({ type, generalProcedure }: Declaration): string | undefined =>
  /^(?:IM|EX|CO|EU)([A-Z])$/.exec(type ?? '')?.[1] ?? /^[A-Z]$/.exec(generalProcedure ?? '')?.[0];

export function formOf(declaration: Declaration): DeclarationForm {
  const known = letters.get(letterOf(declaration) ?? '');
  if (known !== undefined) return known;
  const previous = [declaration, ...declaration.items].flatMap((part) => part.previous ?? []);
  return previous.some(({ type }) => ofSimplified.has(type ?? '')) ? 'supplementary' : 'standard';
}

/** The day whose law applies: acceptance, else registration, else lodgement. */
export const dayOf = (d: Declaration): string | undefined =>
  d.acceptedAt ?? d.registration?.date ?? d.lodgedAt?.slice(0, 10);

/**
 * The day whose tariff and rates apply. A supplementary declaration takes effect with the simplified one (Union Customs Code,
 * Article 167.4): its own registration says nothing of that day, so it is known only where it is stated.
 */
export const tariffDayOf = (d: Declaration): string | undefined =>
  formOf(d) === 'supplementary' ? d.acceptedAt : dayOf(d);
