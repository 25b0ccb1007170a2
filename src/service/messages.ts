/** A request's body through the same readers as a file: records, or the reader's error with its place. */
import type { FastifyRequest } from 'fastify';
import { CrosscheckError } from '../errors.ts';
import { utf8Text } from '../intake/input.ts';
import { parseJson } from '../intake/json-text.ts';
import { read } from '../intake/read.ts';
import type { AnswerRecord, DeclarationRecord, IntakeRecord, ReadOptions } from '../intake/record.ts';

export function bodyOf(request: FastifyRequest): Buffer {
  if (Buffer.isBuffer(request.body) && request.body.length > 0) return request.body;
  throw new CrosscheckError('CC_REQUEST_INVALID', { pointer: '/body', problem: 'the body is empty' });
}

export async function recordsOf(body: Buffer, options: ReadOptions): Promise<IntakeRecord[]> {
  const records: IntakeRecord[] = [];
  for await (const record of read(body, options)) records.push(record);
  return records;
}

/** The one declaration of the body; throws what the reader refused it for. */
export async function oneDeclaration(body: Buffer, options: ReadOptions): Promise<DeclarationRecord> {
  const records = await recordsOf(body, options);
  const refused = records.find((record) => record.kind === 'refused');
  if (refused !== undefined) throw refused.error;
  const [first] = records;
  if (records.length !== 1 || first?.kind !== 'declaration') {
    const found =
      records.length === 0
        ? 'no declaration'
        : records.length > 1
          ? `${records.length} records`
          : 'a message that answers a declaration';
    throw new CrosscheckError('CC_NO_DECLARATION', { found });
  }
  return first;
}

export const isDeclaration = (record: IntakeRecord): record is DeclarationRecord =>
  record.kind === 'declaration';
export const isAnswer = (record: IntakeRecord): record is AnswerRecord => record.kind === 'answer';

/** For routes whose body is plain JSON of ours: the bytes parsed before the schema looks at them. */
export async function jsonBody(request: FastifyRequest): Promise<void> {
  request.body = parseJson(utf8Text(bodyOf(request), 1));
}
