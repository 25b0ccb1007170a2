/** A declaration as it comes in: under which reference it is kept, and the version that it becomes. */
import type { DeclarationRecord } from '../intake/record.ts';
import type { DeclarationDocument } from './collections.ts';
import { type Known, versionId } from './registry.ts';
import { utc } from './trail.ts';

/**
 * The reference under which a declaration is kept: its own, or that of a provisional declaration which it names. A
 * registered one is never taken for another that is registered, even if both carry the same trader's reference.
 */
export function referenceOf({ identity }: DeclarationRecord, known: ReadonlyMap<string, Known>): string {
  const own = known.get(identity.reference);
  if (own !== undefined) return own.reference;
  for (const alias of identity.aliases) {
    const other = known.get(alias);
    if (other !== undefined && (other.provisional || identity.provisional)) return other.reference;
  }
  return identity.reference;
}

export function newVersion(
  record: DeclarationRecord,
  reference: string,
  version: number,
  recordedAt: string,
  cameAt: string | undefined,
): DeclarationDocument {
  const { declaration, identity } = record;
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
