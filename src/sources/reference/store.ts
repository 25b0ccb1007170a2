/**
 * Reference records into the store and back. Accounts become surrogates before anything is written, names of persons go
 * to the people collection alone. The same record again changes nothing; another one of the same beginning is kept
 * beside it, with when it was recorded.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import { type PersonDocument, people as peopleSpec } from '../../check/collections.ts';
import type { People } from '../../check/people.ts';
import { problemOf } from '../../declaration/validate.ts';
import { CrosscheckError } from '../../errors.ts';
import { contentHash } from '../../ground/canonical.ts';
import { readAll } from '../../store/pages.ts';
import type { Collection, CollectionSpec, Filter, Store } from '../../store/port.ts';
import { openBook, type ReferenceBook, type ReferenceDocument } from './book.ts';
import { type ReferenceKindName, referenceKinds } from './kinds.ts';

const text = { type: 'text' } as const;

export const references: CollectionSpec = {
  name: 'reference',
  schema: 1,
  columns: {
    kind: text,
    key: text,
    from: text,
    to: text,
    office: text,
    officer: text,
    recordedAt: text,
  },
  indexes: [
    ['kind', 'key'],
    ['kind', 'from'],
    ['officer', 'kind'],
  ],
};

export interface ReferenceInput {
  kind: string;
  record: Record<string, unknown>;
  /** Said again to take it back: it never held. */
  withdrawn?: boolean;
}

const ajv = new Ajv({ allErrors: true, strict: false });
const validators = new Map<string, ValidateFunction>();

/** Throws CC_REFERENCE_INVALID with the pointer of the first fault, CC_BAD_ARGUMENT for a kind that is none. */
export function checkReference(input: ReferenceInput): void {
  const kind = referenceKinds.get(input.kind);
  if (kind === undefined)
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: 'kind',
      problem: `"${input.kind}" is none of ${[...referenceKinds.keys()].join(', ')}`,
    });
  const validate = validators.get(input.kind) ?? ajv.compile({ ...kind.schema, $id: undefined });
  validators.set(input.kind, validate);
  if (!validate(input.record)) {
    const { pointer, problem } = problemOf(validate.errors![0]!);
    throw new CrosscheckError('CC_REFERENCE_INVALID', { kind: input.kind, pointer, problem }, { pointer });
  }
}

/** The document of a record whose accounts are surrogates already. */
export function referenceDocument(input: ReferenceInput, recordedAt: string): ReferenceDocument {
  const kind = referenceKinds.get(input.kind)!;
  const { record } = input;
  const key = kind.key.map((name) => String(record[name] ?? '')).join('|');
  const from = String(record.from);
  const officer = kind.accounts.includes('user') ? record.user : undefined;
  const withdrawn = input.withdrawn ?? false;
  return {
    id: `${input.kind}|${key}|${from}|${contentHash([record, withdrawn]).slice(0, 16)}|${recordedAt}`,
    kind: input.kind,
    key,
    from,
    to: record.to === undefined ? null : String(record.to),
    office: record.office === undefined ? null : String(record.office),
    officer: officer === undefined ? null : String(officer),
    recordedAt,
    withdrawn,
    record,
  };
}

export interface ReferenceStore {
  /** Valid records in, in bulk; answers how many said something new. */
  put(inputs: readonly ReferenceInput[], recordedAt: string): Promise<{ written: number; unchanged: number }>;
  /** A book of some kinds, of all where none is named. */
  book(kinds?: readonly ReferenceKindName[]): Promise<ReferenceBook>;
}

export function openReferences(store: Store, people: People): ReferenceStore {
  const collection: Collection<ReferenceDocument> = store.collection<ReferenceDocument>(references);
  const persons: Collection<PersonDocument> = store.collection<PersonDocument>(peopleSpec);

  async function pseudonymise(inputs: readonly ReferenceInput[]): Promise<ReferenceInput[]> {
    const accounts = inputs.flatMap(({ kind, record }) =>
      referenceKinds
        .get(kind)!
        .accounts.map((name) => record[name])
        .filter((account) => account !== undefined)
        .map(String),
    );
    const surrogates = await people.surrogates(accounts);
    const named: PersonDocument[] = [];
    const changed = inputs.map((input) => {
      const kind = referenceKinds.get(input.kind)!;
      if (kind.accounts.length === 0) return input;
      const record = { ...input.record };
      if (typeof record.name === 'string' && kind.personal.includes('name')) {
        const id = String(record.user);
        named.push({ id, officer: surrogates.get(id)!, name: record.name });
      }
      for (const name of kind.personal) delete record[name];
      for (const name of kind.accounts)
        if (record[name] !== undefined) record[name] = surrogates.get(String(record[name]))!;
      return { ...input, record };
    });
    if (named.length > 0) await persons.put(named);
    return changed;
  }

  return {
    async put(inputs, recordedAt) {
      for (const input of inputs) checkReference(input);
      const documents = (await pseudonymise(inputs)).map((input) => referenceDocument(input, recordedAt));
      const slot = (document: ReferenceDocument) => `${document.kind}|${document.key}|${document.from}`;
      const last = new Map<string, ReferenceDocument>();
      for (const kind of new Set(documents.map((document) => document.kind))) {
        const keys = [
          ...new Set(documents.filter((document) => document.kind === kind).map(({ key }) => key)),
        ];
        for (let at = 0; at < keys.length; at += 500) {
          const where: Filter = {
            and: [
              { column: 'kind', op: 'eq', value: kind },
              { column: 'key', op: 'in', value: keys.slice(at, at + 500) },
            ],
          };
          for (const document of await readAll(collection, where)) {
            const before = last.get(slot(document));
            if (before === undefined || before.recordedAt <= document.recordedAt)
              last.set(slot(document), document);
          }
        }
      }
      const fresh: ReferenceDocument[] = [];
      for (const document of documents) {
        const before = last.get(slot(document));
        const same =
          before !== undefined &&
          before.withdrawn === document.withdrawn &&
          contentHash(before.record) === contentHash(document.record);
        if (same) continue;
        last.set(slot(document), document);
        fresh.push(document);
      }
      if (fresh.length > 0) await collection.put(fresh);
      return { written: fresh.length, unchanged: documents.length - fresh.length };
    },
    async book(kinds) {
      const where: Filter | undefined =
        kinds === undefined ? undefined : { column: 'kind', op: 'in', value: kinds };
      return openBook(await readAll(collection, where));
    },
  };
}
