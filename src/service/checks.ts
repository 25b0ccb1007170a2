/** POST /v1/checks and /v1/checks/batch: declarations in, lanes and findings out. GET: what was answered. */
import { Readable } from 'node:stream';
import Type from 'typebox';
import * as specs from '../check/collections.ts';
import type { CheckDocument } from '../check/document.ts';
import { degradedChecks, openFallback } from '../check/fallback.ts';
import { checkSince, openIdempotency } from '../check/idempotency.ts';
import type { Lodged } from '../check/lodged.ts';
import { openRegistry } from '../check/registry.ts';
import { timed } from '../check/stages.ts';
import { lodgeTogether } from '../check/together.ts';
import { openTold } from '../check/told.ts';
import { Declaration } from '../declaration/declaration.ts';
import { CrosscheckError } from '../errors.ts';
import { inChunks } from '../ground/chunks.ts';
import { read } from '../intake/read.ts';
import type { DeclarationRecord, IntakeRecord } from '../intake/record.ts';
import { toProblem } from '../present.ts';
import { answerFor, type CheckAnswer } from './answer.ts';
import { answerBytes } from './answer-bytes.ts';
import { type Caller, demandOffice, holderOf, inForce, mayRead, ownOffices } from './caller.ts';
import { openDiffering } from './differing.ts';
import { refuseForeign } from './import.ts';
import { findQuery, listQuery, page } from './listing.ts';
import { bodyOf, oneDeclaration } from './messages.ts';
import { officerView, shownCheck } from './officers.ts';
import type { Resource } from './resource.ts';
import { CheckAnswerSchema, problems } from './schemas.ts';
import { until } from './until.ts';
import { byReader } from './validate.ts';
import { type WhileGood, whileGood } from './while-good.ts';

const lineEnd = Buffer.from('\n');

const problemBytes = (thrown: unknown): Buffer => Buffer.from(JSON.stringify(toProblem(thrown)));

/** A check that somebody else was given before: whoever is given it again is told of it, too. */
const isRetold = ({ repeated, check }: Lodged, { subject }: Caller): boolean =>
  repeated && check.by !== subject;

/** What comes next of a batch: declarations, or the end, with why it is none of the sender's. */
type Come = { chunk: IntakeRecord[] } | { end: unknown };

/** Declarations of a batch that are evaluated together. */
const batchSize = 128;

const ReadQuery = Type.Object(
  {
    country: Type.Optional(
      Type.String({ maxLength: 20, description: 'country profile under which the message is read' }),
    ),
  },
  { additionalProperties: false },
);

const IdempotencyKey = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        "the caller's own name for this call: the same key and body are answered with the same check, another body is refused (409)",
    }),
  ),
});

export const checkRoutes: Resource = (
  app,
  { store, desk, office, spool, metrics, stopping, identities, wrote },
) => {
  const checks = store.collection<CheckDocument>(specs.checks);
  const fallback = openFallback({
    desk,
    store,
    office,
    lodge: lodgeTogether(office),
    spool,
    onDegraded: ({ cause, id }, problem) => {
      metrics.degraded(cause);
      app.log.error({ err: problem, check: id }, 'degraded');
    },
    onFailure: (problem) => app.log.error({ err: problem }, 'not done again yet'),
  });
  app.addHook('onClose', async () => fallback.close());
  const idempotency = openIdempotency(store);
  const registry = openRegistry(store);
  const told = openTold(store);
  const differing = openDiffering(store);

  /** A check by its id, degraded answers among them; what the caller may not read is not there for them. */
  async function checkNamed(caller: Caller, id: string): Promise<CheckAnswer> {
    const stored = await checks.get(id);
    const degraded = stored === undefined ? await fallback.get(id) : undefined;
    const found = stored?.doc ?? degraded?.answer;
    if (found === undefined || !mayRead(caller, found.office)) {
      throw new CrosscheckError('CC_NOT_FOUND', { what: 'check', id });
    }
    const check = await differing.standing(caller, found);
    const holes = await office.holes.read([check.holes]);
    const told = answerFor(caller, { check, notEvaluated: holes.get(check.holes) ?? [] }, inForce(desk));
    const answer = shownCheck(await officerView(store, caller), told, check);
    return degraded?.redone ? { ...answer, redone: degraded.redone } : answer;
  }

  /** False where retention has removed it; who may read it is another question. */
  const isKept = async (id: string): Promise<boolean> =>
    (await checks.get(id)) !== undefined || (await fallback.get(id)) !== undefined;

  app.post(
    '/v1/checks',
    {
      schema: {
        tags: ['checks'],
        summary: 'check one declaration',
        description:
          'A declaration as JSON (the canonical model), ASYCUDA SAD XML or WCO Data Model XML. Idempotent: the same content again answers with the same check.',
        consumes: ['application/json', 'application/xml'],
        querystring: ReadQuery,
        headers: IdempotencyKey,
        body: byReader(Declaration),
        response: { 200: CheckAnswerSchema, ...problems(400, 409, 413, 415, 422, 503) },
      },
    },
    async (request, reply) => {
      const body = bodyOf(request);
      const under = request.query as { country?: string };
      const record = await timed('parse', () => oneDeclaration(body, under));
      const { caller } = request;
      demandOffice(caller, record.declaration.office);
      const key = request.headers['idempotency-key'];
      const begun =
        typeof key === 'string'
          ? await idempotency.begin(
              // A system whose key was rotated between two calls is the same caller.
              { caller: holderOf(caller), key, body, under: { ...under } },
              desk.now(),
            )
          : undefined;
      const cutOff = begun?.since === undefined ? undefined : await checkSince(registry, record, begun.since);
      if (cutOff !== undefined) await begun!.done(cutOff);
      const before = cutOff ?? begun?.check;
      if (before !== undefined && (await isKept(before))) {
        reply.header('idempotency-replayed', 'true');
        // By the same hand as the first answer, so that it comes to the same bytes.
        return reply
          .type('application/json; charset=utf-8')
          .send(answerBytes(await checkNamed(caller, before)));
      }
      const lodged = await fallback.lodge({ ...record, by: caller.subject });
      await begun?.done(lodged.check.id);
      metrics.checked(lodged);
      wrote();
      if (isRetold(lodged, caller)) await told.record(lodged.check, caller, desk.now());
      // One that was done again for what the caller does not read is not told to him, the one before it is.
      const answer =
        lodged.repeated && lodged.check.supersedes !== undefined
          ? await checkNamed(caller, lodged.check.id)
          : answerFor(caller, lodged, inForce(desk));
      return reply.type('application/json; charset=utf-8').send(answerBytes(answer));
    },
  );

  app.register(async (scope) => {
    // The batch is read as it comes, so its body is a stream here.
    scope.removeContentTypeParser('application/x-ndjson');
    scope.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
    scope.post(
      '/v1/checks/batch',
      {
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          tags: ['checks'],
          summary: 'check many declarations',
          description:
            'NDJSON in, NDJSON out: one line for one line, in order, as it goes. A line that cannot be read is answered with its problem; the others are checked.',
          consumes: ['application/x-ndjson'],
          produces: ['application/x-ndjson'],
          querystring: ReadQuery,
        },
      },
      async (request, reply) => {
        const { country } = request.query as { country?: string };
        const records = read(request.body as Readable, {
          format: 'ndjson',
          identities,
          ...(country === undefined ? {} : { country }),
        });
        const lines = answerLines(records, request.caller, whileGood(app, request, stopping));
        return (
          reply
            .type('application/x-ndjson')
            // A proxy that waited for more of it, or compressed it, would hold back the line for which the sender waits.
            .headers({ 'x-accel-buffering': 'no', 'cache-control': 'no-store, no-transform' })
            .send(Readable.from(lines, { objectMode: false, highWaterMark: 65_536 }))
        );
      },
    );
  });

  /**
   * While the store commits one chunk the next is evaluated; no more is read than that, and what is answered goes out
   * whether more comes or not. Told to stop, the line that is not taken any more is answered with CC_BUSY, as the last;
   * with CC_UNAUTHENTICATED where the caller's key or token is no longer good.
   */
  async function* answerLines(
    records: AsyncIterable<IntakeRecord>,
    caller: Caller,
    good: WhileGood,
  ): AsyncGenerator<Buffer> {
    const arriving = until(inChunks(records, batchSize), good.signal);
    const come = (): Promise<Come> =>
      arriving.next().then(
        ({ value, done }) => (done === true ? { end: undefined } : { chunk: value }),
        (problem: unknown) => ({ end: problem }),
      );
    const underway: Promise<Buffer>[] = [];
    let next = come();
    try {
      for (;;) {
        const [first] = underway;
        const came = await (first === undefined ? next : Promise.race([next, first]));
        if (Buffer.isBuffer(came) || underway.length > 1) {
          yield await underway.shift()!;
          continue;
        }
        if ('end' in came) {
          for (const answered of underway) yield await answered;
          if (came.end === undefined) return;
          if (!good.signal.aborted) throw came.end;
          yield Buffer.concat([problemBytes(came.end), lineEnd]);
          return;
        }
        const answered = answerChunk(came.chunk, caller);
        // Its turn to be awaited comes later; until then it must not count as unhandled.
        answered.catch(() => {});
        underway.push(answered);
        next = come();
      }
    } finally {
      good.done();
      // Not awaited: it may wait for a sender who says nothing more.
      void arriving.return(undefined).catch(() => undefined);
    }
  }

  async function answerChunk(arrived: readonly IntakeRecord[], caller: Caller): Promise<Buffer> {
    const chunk = arrived
      .map((record) => refuseForeign(caller, record))
      .map(
        (record): IntakeRecord =>
          record.kind === 'declaration' ? { ...record, by: caller.subject } : record,
      );
    const declared = chunk.filter((record): record is DeclarationRecord => record.kind === 'declaration');
    // Before as well: between the chunks of a batch nobody may seem to have gone.
    wrote();
    const answers = await lodgeChunk(declared);
    wrote();
    for (const answer of answers.values())
      if ('check' in answer && isRetold(answer, caller)) await told.record(answer.check, caller, desk.now());
    const lineOf = (record: IntakeRecord): Buffer => {
      const checked = answers.get(record);
      if (checked !== undefined)
        return 'check' in checked
          ? answerBytes(answerFor(caller, checked, inForce(desk)))
          : problemBytes(checked.problem);
      const error =
        record.kind === 'refused'
          ? record.error
          : new CrosscheckError(
              'CC_NO_DECLARATION',
              { found: 'a message that answers a declaration' },
              record.where,
            );
      return problemBytes(error);
    };
    return Buffer.concat(chunk.flatMap((record) => [lineOf(record), lineEnd]));
  }

  /** Together; where that fails each by itself, so that one line's fault is its own. */
  async function lodgeChunk(
    declared: readonly DeclarationRecord[],
  ): Promise<Map<IntakeRecord, Lodged | { problem: unknown }>> {
    const answers = new Map<IntakeRecord, Lodged | { problem: unknown }>();
    try {
      const lodged = await office.lodge(declared);
      declared.forEach((record, index) => {
        answers.set(record, lodged[index]!);
      });
    } catch {
      for (const record of declared)
        answers.set(record, await fallback.lodge(record).catch((problem: unknown) => ({ problem })));
    }
    for (const answer of answers.values()) if ('check' in answer) metrics.checked(answer);
    return answers;
  }

  app.get(
    '/v1/checks',
    { schema: { tags: ['checks'], summary: 'list checks', querystring: listQuery(specs.checks) } },
    async (request) => {
      const query = findQuery(
        specs.checks,
        request.query as Record<string, unknown>,
        ownOffices(request.caller),
      );
      const { caller } = request;
      const told: CheckDocument[] = [];
      let next: string | undefined;
      // Those that say nothing new to the caller are left out, and the page is filled from what follows.
      do {
        const cursor = next ?? query.cursor;
        const found = await checks.find({
          ...query,
          limit: query.limit - told.length,
          ...(cursor === undefined ? {} : { cursor }),
        });
        told.push(...(await differing.news(caller, found.docs)));
        next = found.next;
      } while (next !== undefined && told.length < query.limit);
      const holes = await office.holes.read(told.map((check) => check.holes));
      const view = await officerView(store, caller);
      const answers = told.map((check) => {
        const lodged = { check, notEvaluated: holes.get(check.holes) ?? [] };
        return shownCheck(view, answerFor(caller, lodged, inForce(desk)), check);
      });
      return { data: answers, ...(next === undefined ? {} : { next }) };
    },
  );

  app.get(
    '/v1/checks/:id',
    {
      schema: {
        tags: ['checks'],
        summary: 'one check',
        params: Type.Object({ id: Type.String() }),
        response: { ...problems(404) },
      },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const answer = await checkNamed(request.caller, id);
      // Whoever reads no difference between the two was given the one that was asked for all the same.
      await told.record({ ...answer, id }, request.caller, desk.now());
      return answer;
    },
  );

  app.get(
    '/v1/checks/:id/told',
    {
      schema: {
        tags: ['checks'],
        summary:
          'who was given this check, or one of the same declaration, and who does not know the one that stands',
        params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
        response: { ...problems(404) },
      },
    },
    async (request) => {
      const { declaration } = await checkNamed(request.caller, (request.params as { id: string }).id);
      return { declaration, data: await told.of(declaration) };
    },
  );

  app.get(
    '/v1/checks/degraded',
    {
      schema: {
        tags: ['checks'],
        summary: 'answers with the fallback lane, and the checks that took their place',
        querystring: listQuery(degradedChecks),
      },
    },
    async (request) =>
      page(
        fallback.list(),
        findQuery(degradedChecks, request.query as Record<string, unknown>, ownOffices(request.caller)),
        ({ id, declaration, office: at, lane, cause, at: when, attempts, redone, redoneAt }) => ({
          id,
          declaration,
          office: at,
          lane,
          cause,
          at: when,
          attempts,
          redone,
          redoneAt,
        }),
      ),
  );
};
