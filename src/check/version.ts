/** A declaration as it comes in: under which reference it is kept, and the version that it becomes. */
import type { DeclarationRecord, Identity } from '../intake/record.ts';
import { asWritten } from '../store/as-written.ts';
import type { DeclarationDocument } from './collections.ts';
import { type Known, versionId } from './registry.ts';
import { utc } from './trail.ts';

/**
 * The reference under which a declaration is kept: its own, or that of a provisional declaration which it names. A
 * registered one is never taken for another that is registered, even if both carry the same trader's reference.
 */
export function referenceOf({ identity }: DeclarationRecord, known: ReadonlyMap<string, Known>): string {
  const own = known.get(identity.reference);
  if (own !== undefined && !own.spoken) return own.reference;
  for (const alias of linkingNames(identity)) {
    const other = known.get(alias);
    if (other !== undefined && !other.spoken && (other.provisional || identity.provisional))
      return other.reference;
  }
  return identity.reference;
}

/** Names that are a declaration's alone: two that share one may be the same. */
const linkingNames = ({ aliases, spoken }: Identity): string[] => aliases.filter((name) => name !== spoken);

/**
 * Tells apart records of which one may become known under a name of another: only the first of these can be taken in
 * before it is known which declaration the next one is.
 */
export function openRound(): { isApart(record: DeclarationRecord, reference: string): boolean } {
  /** By name, whether one that bears it is provisional. */
  const named = new Map<string, boolean>();
  const own = new Set<string>();
  return {
    isApart({ identity }, reference) {
      const names = linkingNames(identity);
      const isTold =
        own.has(reference) ||
        named.has(identity.reference) ||
        names.some((name) => named.get(name) === true || (identity.provisional && named.has(name)));
      own.add(reference);
      for (const name of [reference, identity.reference, ...names])
        named.set(name, identity.provisional || named.get(name) === true);
      return !isTold;
    },
  };
}

export function newVersion(
  record: DeclarationRecord,
  reference: string,
  version: number,
  recordedAt: string,
  cameAt: string | undefined,
): DeclarationDocument {
  const { declaration, identity, text } = record;
  return {
    id: versionId(reference, version),
    reference,
    version,
    provisional: identity.provisional,
    content: identity.content,
    office: declaration.office ?? null,
    flow: declaration.flow,
    declarant: declaration.declarant?.id ?? null,
    consignee: declaration.consignee?.id ?? null,
    consignor: declaration.consignor?.id ?? null,
    occurredAt: whenMade(declaration, record.trail) ?? recordedAt,
    recordedAt,
    ...(cameAt === undefined ? {} : { cameAt }),
    declaration,
    ...(text === undefined ? {} : { [asWritten]: { member: 'declaration', value: declaration, text } }),
  };
}

/** When the declaration was made: its own word first, then its trail, then its registration day. */
export function whenMade(
  declaration: DeclarationRecord['declaration'],
  trail: DeclarationRecord['trail'],
): string | undefined {
  const spoken =
    declaration.lodgedAt ??
    trail.find((event) => event.kind === 'REGISTER')?.at ??
    declaration.acceptedAt ??
    declaration.registration?.date;
  if (spoken === undefined) return undefined;
  const moment = new Date(spoken);
  return Number.isNaN(moment.getTime()) ? undefined : utc(spoken);
}
