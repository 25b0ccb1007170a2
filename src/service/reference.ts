/**
 * What rules and figures need beside declarations: dated reference records, manifests, and how far each source is
 * complete. One by one or many at once; what was recorded stays.
 */
import Type from 'typebox';
import { storedPeople } from '../check/people.ts';
import { timeSchema } from '../declaration/dates.ts';
import { CrosscheckError } from '../errors.ts';
import { allMarks, checkCompleted } from '../projections/completed.ts';
import { readCargo } from '../sources/cargo/awmds.ts';
import { openBook, type ReferenceDocument } from '../sources/reference/book.ts';
import { type ReferenceKindName, referenceKinds } from '../sources/reference/kinds.ts';
import {
  checkReference,
  openReferences,
  type ReferenceInput,
  references,
} from '../sources/reference/store.ts';
import { type Caller, demandOffice, mayRead } from './caller.ts';
import { bodyOf, jsonBody } from './messages.ts';
import { officerView, shownRecord } from './officers.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';
import { byReader } from './validate.ts';

const Written = Type.Object({
  written: Type.Integer({ description: 'records that said something new' }),
  unchanged: Type.Integer({ description: 'records that were known before' }),
  refused: Type.Optional(
    Type.Array(
      Type.Object({ code: Type.String(), line: Type.Optional(Type.Integer()), detail: Type.String() }),
    ),
  ),
  unmapped: Type.Optional(
    Type.Array(Type.Object({ segment: Type.String(), count: Type.Integer() }), {
      description: 'segments of bills that have no field here',
    }),
  ),
});
const Kind = Type.Object({ kind: Type.String({ description: [...referenceKinds.keys()].join(', ') }) });
const day = timeSchema('moment', 'day or instant, UTC');

const kindNamed = (kind: string): ReferenceKindName => {
  if (!referenceKinds.has(kind))
    throw new CrosscheckError('CC_NOT_FOUND', { what: 'kind of reference record', id: kind });
  return kind as ReferenceKindName;
};

/** A trader's programme or a rate is of the whole country, a posting or a manifest of its office. */
const demandRecord = (caller: Caller, { office }: Record<string, unknown>): void =>
  demandOffice(caller, typeof office === 'string' ? office : null);

/** What is of the whole country is read by all; what is of an office by who is good for it. */
const readsRecord = (caller: Caller, { office }: Record<string, unknown>): boolean =>
  typeof office !== 'string' || office === '*' || mayRead(caller, office);

export const referenceRoutes: Resource = (app, { store, desk, office, audit, projected, wrote }) => {
  const records = openReferences(store, storedPeople(store));
  const collection = store.collection<ReferenceDocument>(references);

  app.post(
    '/v1/reference/:kind',
    {
      preValidation: jsonBody,
      schema: {
        tags: ['reference'],
        summary: 'dated records of a kind, one or many; all of them or none',
        params: Kind,
        body: Type.Union([
          Type.Record(Type.String(), Type.Unknown()),
          Type.Array(Type.Record(Type.String(), Type.Unknown()), { maxItems: 10_000 }),
        ]),
        response: { 200: Written, ...problems(400, 403, 404, 422, 503) },
      },
    },
    async (request) => {
      const kind = kindNamed((request.params as { kind: string }).kind);
      const body = request.body as Record<string, unknown> | Record<string, unknown>[];
      const inputs = (Array.isArray(body) ? body : [body]).map(
        ({ withdrawn, ...record }): ReferenceInput => ({ kind, record, withdrawn: withdrawn === true }),
      );
      for (const [index, input] of inputs.entries()) {
        try {
          checkReference(input);
        } catch (thrown) {
          throw thrown instanceof CrosscheckError ? thrown.at({ record: index + 1 }) : thrown;
        }
      }
      for (const { record } of inputs) demandRecord(request.caller, record);
      const withdrawn = inputs.filter((input) => input.withdrawn).length;
      const { subject, role } = request.caller;
      const detail = { records: inputs.length, withdrawn };
      await audit.record({ subject, role, action: 'reference.record', object: kind, detail });
      const answer = await records.put(inputs, desk.now().toISOString());
      // Whoever has this answer finds the records in the next check.
      await desk.refresh?.();
      wrote();
      // Beside the answer: many declarations may be told more about now. Which they are stands in the projected rows, and what
      // was sent before this word has to be among them: it is looked for once. Cut off, it is done with the next such record.
      if (kind === 'complete')
        projected()
          .then(() => checkCompleted(store, office, async () => desk.refresh?.()))
          .then(wrote, (error) => app.log.error({ err: error }, 'checking what is complete now'));
      return answer;
    },
  );

  app.get(
    '/v1/reference/:kind',
    {
      schema: {
        tags: ['reference'],
        summary: 'what is known of a key, in order of time, or what held at a moment',
        params: Kind,
        querystring: Type.Object(
          {
            key: Type.String({ minLength: 1, description: 'members of the kind’s key, joined by |' }),
            at: Type.Optional(day),
            knownAt: Type.Optional(day),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ data: Type.Array(Type.Unknown()) }), ...problems(400, 404, 503) },
      },
    },
    async (request) => {
      const kind = kindNamed((request.params as { kind: string }).kind);
      const { key, at, knownAt } = request.query as { key: string; at?: string; knownAt?: string };
      const { docs } = await collection.find({
        where: {
          and: [
            { column: 'kind', op: 'eq', value: kind },
            { column: 'key', op: 'eq', value: key },
          ],
        },
        limit: 1000,
      });
      const book = openBook(docs.filter(({ record }) => readsRecord(request.caller, record)));
      const found: Readonly<Record<string, unknown>>[] =
        at === undefined ? book.history(kind, key, knownAt) : book.allAsOf(kind, key, at, knownAt);
      const view = await officerView(store, request.caller);
      return { data: found.map((record) => shownRecord(view, record, referenceKinds.get(kind)!)) };
    },
  );

  app.post(
    '/v1/manifests',
    {
      schema: {
        tags: ['reference'],
        summary: 'a manifest, degroupage or coloader message of ASYCUDA World (AWMDS, AWBOLDS, AWMCDS)',
        body: byReader(Type.String({ description: 'XML' })),
        response: { 200: Written, ...problems(400, 403, 415, 422, 503) },
      },
    },
    async (request) => {
      const message = await readCargo(bodyOf(request));
      for (const { record } of message.records) demandRecord(request.caller, record);
      const { subject, role } = request.caller;
      const detail = { records: message.records.length };
      await audit.record({ subject, role, action: 'reference.record', object: 'manifest', detail });
      const answer = await records.put(message.records, desk.now().toISOString());
      await desk.refresh?.();
      wrote();
      return {
        ...answer,
        refused: message.refused.map(({ code, message: detail, where }) => ({
          code,
          detail,
          ...(where.line === undefined ? {} : { line: where.line }),
        })),
        ...(message.unmapped.length === 0 ? {} : { unmapped: message.unmapped }),
      };
    },
  );

  app.get(
    '/v1/watermarks',
    {
      schema: {
        tags: ['reference'],
        summary: 'to which day the data of each source, feed and office are known to be complete',
        response: { 200: Type.Object({ data: Type.Array(Type.Unknown()) }), ...problems(503) },
      },
    },
    async () => ({ data: await allMarks(store) }),
  );
};
