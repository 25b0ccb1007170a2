/**
 * Extracts through the service: a folder of table dumps, uploaded file by file or, by a command of this machine's user,
 * named; taken in beside the checks, one after the other; then the report, as JSON, text or a page. What is under way
 * is this process's: where it dies, the same extract is sent again, and what was read of it changes nothing.
 */

import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import Type from 'typebox';
import { emptyReport, type ImportReport } from '../check/import.ts';
import { CrosscheckError } from '../errors.ts';
import { type Problem, toProblem } from '../present.ts';
import { type TakenExtract, takeExtract } from '../projections/take-extract.ts';
import type { FeedOptions } from '../sources/feed.ts';
import type { Dumps } from '../sources/folder.ts';
import { shippedMappings } from '../sources/mapping-file.ts';
import { reportJson, reportPage, reportText } from '../sources/report.ts';
import { type Caller, demandEveryOffice, holderOf } from './caller.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

/** Of all files of one extract together. */
const mostBytes = 64 * 2 ** 30;
const mostExtracts = 20;
const keptFor = 24 * 3_600_000;

interface Extract {
  id: string;
  subject: string;
  state: 'receiving' | 'waiting' | 'reading' | 'done' | 'failed';
  since: number;
  /** Where uploads lie; absent where a folder was named. */
  spool?: string;
  bytes: number;
  progress?: { phase: string; table?: string; done: number; total?: number };
  import: ImportReport;
  found?: TakenExtract;
  problem?: Problem;
}

const id = Type.String({ pattern: '^[A-Za-z0-9-]{8,64}$', description: 'chosen by the caller' });
const Params = Type.Object({ id });
/** No path: the name of a dump alone. */
const FileParams = Type.Object({
  id,
  name: Type.String({ pattern: '^[A-Za-z0-9$#_][A-Za-z0-9$#_.-]{0,199}$' }),
});
const Body = Type.Object(
  {
    mapping: Type.String({
      minLength: 1,
      maxLength: 4_000,
      description: 'id of a shipped source mapping, or the name of an uploaded file that holds one',
    }),
    country: Type.Optional(Type.String({ maxLength: 20 })),
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'name of the system' })),
    full: Type.Optional(Type.Boolean({ description: 'everything again, not only what is new' })),
    folder: Type.Optional(
      Type.String({ maxLength: 4_000, description: 'instead of uploads, by the user who runs the service' }),
    ),
    files: Type.Optional(
      Type.Array(Type.String({ maxLength: 4_000 }), {
        minItems: 1,
        maxItems: 1_000,
        description: 'the same, files one by one instead of a folder',
      }),
    ),
  },
  { additionalProperties: false },
);
type Body = Type.Static<typeof Body>;

const invalid = (pointer: string, problem: string) =>
  new CrosscheckError('CC_REQUEST_INVALID', { pointer, problem });

export const extractRoutes: Resource = (app, { store, desk, office, audit, stopping, wrote }) => {
  const extracts = new Map<string, Extract>();
  // One at a time: each fills the machine, and the marks of one are the beginning of the next.
  let last: Promise<void> = Promise.resolve();

  const forget = async (extract: Extract) => {
    extracts.delete(extract.id);
    if (extract.spool !== undefined) await rm(extract.spool, { recursive: true, force: true });
  };
  app.addHook('onClose', async () => {
    await last;
    for (const extract of [...extracts.values()]) await forget(extract);
  });

  /** The caller's own, made where it is not there. An extract is of a whole system, so its caller must be good for all of it. */
  async function own(caller: Caller, name: string): Promise<Extract> {
    demandEveryOffice(caller);
    for (const extract of [...extracts.values()])
      if (Date.now() - extract.since > keptFor && !['waiting', 'reading'].includes(extract.state))
        await forget(extract);
    const known = extracts.get(name);
    if (known !== undefined) return mine(caller, known, name);
    if (extracts.size >= mostExtracts) throw new CrosscheckError('CC_BUSY');
    const made: Extract = {
      id: name,
      subject: holderOf(caller),
      state: 'receiving',
      since: Date.now(),
      bytes: 0,
      import: emptyReport(),
    };
    extracts.set(name, made);
    return made;
  }

  function mine(caller: Caller, extract: Extract | undefined, name: string): Extract {
    if (extract === undefined || extract.subject !== holderOf(caller))
      throw new CrosscheckError('CC_NOT_FOUND', { what: 'extract', id: name });
    return extract;
  }

  /** A caller from elsewhere reads no file of this machine but those it sent. */
  function optionsOf(caller: Caller, extract: Extract, body: Body): { dumps: Dumps; options: FeedOptions } {
    const { mapping, folder, files, ...rest } = body;
    const local = caller.role === 'local';
    if (folder !== undefined && !local) throw invalid('/body/folder', 'upload the files');
    if (files !== undefined && (!local || folder !== undefined))
      throw invalid('/body/files', local ? 'a folder, or files' : 'upload the files');
    const dumps = folder ?? files ?? extract.spool;
    if (dumps === undefined) throw invalid('/body', 'no file was uploaded for this extract');
    const shipped = shippedMappings().includes(mapping);
    if (!shipped && !local && !/^[A-Za-z0-9_][A-Za-z0-9_.-]*\.ya?ml$/.test(mapping))
      throw invalid('/body/mapping', `is none of ${shippedMappings().join(', ')}, and no uploaded YAML file`);
    return {
      dumps,
      options: { ...rest, mapping: shipped || local ? mapping : join(extract.spool!, mapping) },
    };
  }

  async function take(extract: Extract, dumps: Dumps, options: FeedOptions): Promise<void> {
    extract.state = 'reading';
    try {
      extract.found = await takeExtract(
        {
          store,
          office,
          dumps,
          refresh: async () => desk.refresh?.(),
          options: {
            ...options,
            onProgress(progress) {
              // Cut short by our end: read again, it goes on from what was kept.
              if (stopping.aborted) throw new CrosscheckError('CC_BUSY');
              extract.progress = progress;
              wrote();
            },
          },
        },
        extract.import,
      );
      extract.state = 'done';
    } catch (thrown) {
      app.log.error({ err: thrown }, 'extract');
      extract.problem = toProblem(thrown);
      extract.state = 'failed';
    } finally {
      if (extract.spool !== undefined) await rm(extract.spool, { recursive: true, force: true });
      wrote();
    }
  }

  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.put(
      '/v1/extracts/:id/files/:name',
      {
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          tags: ['import'],
          summary: 'a file of an extract: a table dump, a manifest, or a mapping of its own',
          params: FileParams,
          response: { 204: Type.Null(), ...problems(400, 403, 404, 413, 503) },
        },
      },
      async (request, reply) => {
        const params = request.params as { id: string; name: string };
        const extract = await own(request.caller, params.id);
        if (extract.state !== 'receiving') throw invalid('/params/id', 'this extract is being read already');
        extract.spool ??= await mkdtemp(join(tmpdir(), 'crosscheck-extract-'));
        if (!(request.body instanceof Readable)) throw invalid('/body', 'the body is empty');
        const counted = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            extract.bytes += chunk.length;
            done(
              extract.bytes > mostBytes
                ? new CrosscheckError('CC_BODY_TOO_LARGE', { limit: mostBytes })
                : null,
              chunk,
            );
          },
        });
        const path = join(extract.spool, params.name);
        try {
          const file = createWriteStream(path, { mode: 0o600 });
          await pipeline(request.body, counted, file, { signal: stopping });
        } catch (problem) {
          throw stopping.aborted ? new CrosscheckError('CC_BUSY', {}, {}, problem) : problem;
        }
        return reply.code(204).send();
      },
    );
  });

  app.post(
    '/v1/extracts/:id',
    {
      preValidation: jsonBody,
      schema: {
        tags: ['import'],
        summary: 'read the extract: reference records, declarations, trails and outcomes of all its tables',
        description:
          'Answers at once; GET tells how far it is and, at the end, what was read, refused and why.',
        params: Params,
        body: Body,
        response: problems(400, 403, 404, 503),
      },
    },
    async (request, reply) => {
      const { id: name } = request.params as { id: string };
      const { caller } = request;
      const extract = await own(caller, name);
      if (extract.state !== 'receiving') throw invalid('/params/id', 'this extract is being read already');
      const { dumps, options } = optionsOf(caller, extract, request.body as Body);
      const { subject, role } = caller;
      extract.state = 'waiting';
      await audit.record({
        subject,
        role,
        action: 'import',
        object: `extract ${options.source ?? options.mapping}`,
      });
      last = last.then(() => take(extract, dumps, options));
      return reply.code(202).send({ id: name, state: extract.state });
    },
  );

  app.get(
    '/v1/extracts/:id',
    {
      schema: {
        tags: ['import'],
        summary: 'how far an extract is read, and its report: JSON, text/plain, or text/html for a page',
        params: Params,
        response: problems(403, 404),
      },
    },
    async (request, reply) => {
      const { id: name } = request.params as { id: string };
      const {
        state,
        progress,
        found,
        problem,
        import: report,
      } = mine(request.caller, extracts.get(name), name);
      const accept = request.headers.accept ?? '';
      if (found !== undefined && accept.includes('text/html'))
        return reply.type('text/html; charset=utf-8').send(reportPage(found));
      if (found !== undefined && accept.includes('text/plain'))
        return reply.type('text/plain; charset=utf-8').send(reportText(found));
      return {
        id: name,
        state,
        ...(progress === undefined ? {} : { progress }),
        import: report,
        ...(found === undefined ? {} : { report: reportJson(found) }),
        ...(problem === undefined ? {} : { problem }),
      };
    },
  );
};
