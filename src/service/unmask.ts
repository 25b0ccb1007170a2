/**
 * The way from a surrogate to a name (DESIGN decision 14). In the prescriptive phase the integrity unit looks an officer
 * of the office up; in any phase a hard breach is unmasked by two people. A proposal keeps its declaration from retention, so
 * it ends by somebody's hand as well: who proposed it withdraws it, a second person refuses it. Every look-up is in the audit
 * log before it is answered, with its grounds, under the surrogate and never the name.
 */
import { createHash } from 'node:crypto';
import type { PersonDocument } from '../check/collections.ts';
import { people } from '../check/collections.ts';
import { CrosscheckError } from '../errors.ts';
import { phasesAt } from '../indicators/phase.ts';
import { type FindingRow, finding } from '../projections/finding.ts';
import { tables } from '../projections/fold.ts';
import type { officerColumns } from '../projections/officers.ts';
import { readAll } from '../store/pages.ts';
import type { CollectionSpec, Store } from '../store/port.ts';
import { inOneHand, succeeds } from './auth/hands.ts';
import { type Caller, demandOffice, mayRead } from './caller.ts';

export interface UnmaskingDocument {
  id: string;
  /** The finding on the breach, and in which part the officer acted. */
  finding: string;
  part: keyof typeof officerColumns;
  office: string | null;
  /** As stored; not shown before it is confirmed. */
  officer: string;
  grounds: string;
  proposedBy: string;
  proposedAt: string;
  confirmedBy: string | null;
  confirmedAt: string | null;
  /** How it ended without a name; absent while it is open, and where it was confirmed. */
  ended?: { how: 'withdrawn' | 'refused'; by: string; at: string; grounds: string };
}

const text = { type: 'text' } as const;
export const unmaskings: CollectionSpec = {
  name: 'unmasking',
  schema: 1,
  columns: { finding: text, office: text, proposedAt: text, confirmedAt: text },
  indexes: [['finding']],
};

export interface Person {
  officer: string;
  /** Accounts in the source systems. */
  accounts: string[];
  name?: string;
}

const withheld = (officer: string, problem: string) =>
  new CrosscheckError('CC_NAME_WITHHELD', { officer, problem });

const conflict = (id: string, problem: string) =>
  new CrosscheckError('CC_CONFLICT', { what: 'unmasking', id, problem });

/** Who the surrogate is; CC_NOT_FOUND where the person was erased. */
async function personOf(store: Store, officer: string): Promise<Person> {
  const { docs } = await store
    .collection<PersonDocument>(people)
    .find({ where: { column: 'officer', op: 'eq', value: officer }, limit: 100 });
  if (docs.length === 0) throw new CrosscheckError('CC_NOT_FOUND', { what: 'officer', id: officer });
  const name = docs.find((doc) => doc.name !== undefined)?.name;
  return { officer, accounts: docs.map(({ id }) => id), ...(name === undefined ? {} : { name }) };
}

/** An officer who acted in an office of the prescriptive phase; `record` is awaited before anything is read of the person. */
export async function lookUp(
  store: Store,
  caller: Caller,
  { officer, office, now }: { officer: string; office: string; now: Date },
  record: () => Promise<void>,
): Promise<Person> {
  demandOffice(caller, office);
  const phaseOf = await phasesAt(store, now.toISOString());
  if (phaseOf(office) !== 'prescriptive')
    throw withheld(officer, `office ${office} is in the descriptive phase`);
  const acts = await store.collection(tables.act.spec).count({
    and: [
      { column: 'officer', op: 'eq', value: officer },
      { column: 'office', op: 'eq', value: office },
    ],
  });
  if (acts === 0) throw new CrosscheckError('CC_NOT_FOUND', { what: 'officer', id: officer });
  await record();
  return personOf(store, officer);
}

export async function proposeUnmasking(
  store: Store,
  caller: Caller,
  { id, part, grounds }: { id: string; part: keyof typeof officerColumns; grounds: string },
  now: Date,
): Promise<UnmaskingDocument> {
  const row = (await store.collection<FindingRow>(finding.spec).get(id))?.doc;
  if (row === undefined || !mayRead(caller, row.office))
    throw new CrosscheckError('CC_NOT_FOUND', { what: 'finding', id });
  const officer = row[part];
  const hard = row.class === 'error' && (row.kind === 'conduct' || row.kind === 'system');
  if (!hard || row.shadow === 1) throw withheld(part, 'the finding is no hard breach');
  if (typeof officer !== 'string') throw withheld(part, 'nobody acted in that part');
  const collection = store.collection<UnmaskingDocument>(unmaskings);
  const before = (await readAll(collection, { column: 'finding', op: 'eq', value: id })).filter(
    (one) => one.part === part,
  );
  const standing = before.find(({ ended }) => ended === undefined);
  if (standing !== undefined) return standing;
  for (const one of before)
    if (one.ended!.how === 'refused' && (await inOneHand(store, one.proposedBy, caller.subject)))
      throw conflict(one.id, 'it was refused: another person may propose it again');
  // The first one has the id that an earlier release gave it.
  const nth = before.length === 0 ? '' : ` ${before.length}`;
  const document: UnmaskingDocument = {
    id: `N-${createHash('sha256').update(`${id} ${part}${nth}`).digest('hex').slice(0, 24)}`,
    finding: id,
    part,
    office: row.office ?? null,
    officer,
    grounds,
    proposedBy: caller.subject,
    proposedAt: now.toISOString(),
    confirmedBy: null,
    confirmedAt: null,
  };
  await collection.putNew([document]);
  return (await collection.get(document.id))!.doc;
}

async function existing(store: Store, caller: Caller, id: string) {
  const stored = await store.collection<UnmaskingDocument>(unmaskings).get(id);
  if (stored === undefined || !mayRead(caller, stored.doc.office))
    throw new CrosscheckError('CC_NOT_FOUND', { what: 'unmasking', id });
  return stored;
}

export async function confirmUnmasking(
  store: Store,
  caller: Caller,
  id: string,
  now: Date,
): Promise<UnmaskingDocument> {
  const { doc, version } = await existing(store, caller, id);
  if (await inOneHand(store, doc.proposedBy, caller.subject))
    throw conflict(id, 'a second person must confirm it');
  if (doc.ended !== undefined) throw conflict(id, `it was ${doc.ended.how}`);
  if (doc.confirmedBy !== null) return doc;
  return write(store, { ...doc, confirmedBy: caller.subject, confirmedAt: now.toISOString() }, version);
}

/** By who proposed it: nobody is unmasked, and its declaration is held no longer. */
export async function withdrawUnmasking(
  store: Store,
  caller: Caller,
  { id, grounds }: { id: string; grounds: string },
  now: Date,
): Promise<UnmaskingDocument> {
  const { doc, version } = await existing(store, caller, id);
  if (!(await succeeds(store, caller.subject, doc.proposedBy)))
    throw conflict(id, 'who proposed it withdraws it; another person refuses it');
  return end(store, doc, version, { how: 'withdrawn', by: caller.subject, at: now.toISOString(), grounds });
}

/** By the second person, in place of confirming it. */
export async function refuseUnmasking(
  store: Store,
  caller: Caller,
  { id, grounds }: { id: string; grounds: string },
  now: Date,
): Promise<UnmaskingDocument> {
  const { doc, version } = await existing(store, caller, id);
  if (await inOneHand(store, doc.proposedBy, caller.subject))
    throw conflict(id, 'a second person refuses it; who proposed it withdraws it');
  return end(store, doc, version, { how: 'refused', by: caller.subject, at: now.toISOString(), grounds });
}

async function end(
  store: Store,
  doc: UnmaskingDocument,
  version: number,
  ended: NonNullable<UnmaskingDocument['ended']>,
): Promise<UnmaskingDocument> {
  if (doc.confirmedBy !== null) throw conflict(doc.id, 'it was confirmed');
  if (doc.ended === undefined) return write(store, { ...doc, ended }, version);
  if (doc.ended.how === ended.how) return doc;
  throw conflict(doc.id, `it was ${doc.ended.how}`);
}

/** CC_VERSION_CONFLICT where somebody else decided meanwhile. */
async function write(store: Store, doc: UnmaskingDocument, version: number): Promise<UnmaskingDocument> {
  await store.collection<UnmaskingDocument>(unmaskings).putIf(doc, version);
  return doc;
}

/** The person behind a confirmed unmasking; `record` is awaited with the surrogate before anything is read. */
export async function unmask(
  store: Store,
  caller: Caller,
  id: string,
  record: (unmasking: UnmaskingDocument) => Promise<void>,
): Promise<Person> {
  const { doc } = await existing(store, caller, id);
  if (doc.confirmedBy === null) throw withheld(doc.part, 'a second person has not confirmed it');
  await record(doc);
  return personOf(store, doc.officer);
}
