/** POST /v1/import: a file of any accepted format in bulk, as `crosscheck import` sends it when the store is ours. */
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import Type from 'typebox';
import { brokenOff, emptyReport, importRecords } from '../check/import.ts';
import { CrosscheckError } from '../errors.ts';
import { shippedColumnMappings } from '../intake/csv/mapping.ts';
import { read } from '../intake/read.ts';
import type { IntakeRecord } from '../intake/record.ts';
import { type Caller, demandOffice } from './caller.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';
import { until } from './until.ts';
import { whileGood } from './while-good.ts';

const Query = Type.Object(
  {
    file: Type.Optional(Type.String({ maxLength: 1000, description: 'name shown in the report' })),
    country: Type.Optional(Type.String({ maxLength: 20 })),
    mapping: Type.Optional(
      Type.String({
        maxLength: 4_000,
        description:
          'id of a shipped column mapping, for CSV; a path for the user who runs the service alone',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Records of offices that are not the caller's are refused, one by one. */
async function* ofOwnOffices(
  caller: Caller,
  records: AsyncIterable<IntakeRecord>,
): AsyncGenerator<IntakeRecord> {
  for await (const record of records) yield refuseForeign(caller, record);
}

export function refuseForeign(caller: Caller, record: IntakeRecord): IntakeRecord {
  if (record.kind !== 'declaration') return record;
  try {
    demandOffice(caller, record.declaration.office);
    return record;
  } catch (error) {
    return {
      kind: 'refused',
      error: error as Extract<IntakeRecord, { kind: 'refused' }>['error'],
      where: record.where,
    };
  }
}

/** A caller from elsewhere reads no file of this machine: the path of a mapping is for its own user's commands. */
function refuseForeignMapping(caller: Caller, mapping: string | undefined): void {
  if (mapping === undefined || caller.role === 'local') return;
  const shipped = shippedColumnMappings();
  if (shipped.includes(mapping)) return;
  throw new CrosscheckError('CC_REQUEST_INVALID', {
    pointer: '/query/mapping',
    problem: `is none of ${shipped.join(', ')}`,
  });
}

export const importRoutes: Resource = (app, { office, audit, stopping, wrote }) => {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.post(
      '/v1/import',
      {
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          tags: ['import'],
          summary: 'a file in bulk',
          description:
            'The body is the file as it is. Answers what was read, kept and refused, each refusal with its place.',
          querystring: Query,
          response: problems(400, 415, 422, 503),
        },
      },
      async (request) => {
        const options = request.query as { file?: string; country?: string; mapping?: string };
        refuseForeignMapping(request.caller, options.mapping);
        const { subject, role } = request.caller;
        const object = basename(options.file ?? '') || 'a file';
        await audit.record({ subject, role, action: 'import', object });
        // Cut short, it is sent again: what was kept is known then.
        const good = whileGood(app, request, stopping, { keysAlone: true });
        const records = until(read(request.body as Readable, options), good.signal);
        const report = emptyReport();
        try {
          await importRecords(office, ofOwnOffices(request.caller, records), report, wrote);
        } catch (thrown) {
          // What was kept of it is told, once something was.
          if (report.read === 0) throw thrown;
          brokenOff(report, thrown, options.file === undefined ? {} : { file: options.file });
        } finally {
          good.done();
        }
        return report;
      },
    );
  });
};
