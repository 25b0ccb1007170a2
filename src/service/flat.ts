/** Tables of measures as CSV or Parquet, for whoever asks with `format`; the content is laid flat by src/indicators/export. */
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { csvOf } from '../indicators/export/csv.ts';
import type { Flat } from '../indicators/export/flat.ts';
import { parquetOf } from '../indicators/export/parquet.ts';

export type Format = 'json' | 'csv' | 'parquet';

/** @param lines what csv and parquet hold */
export const Format = (lines: string) =>
  Type.Optional(
    Type.Enum(['json', 'csv', 'parquet'], { default: 'json', description: `csv and parquet hold ${lines}` }),
  );

export async function sendFlat(reply: FastifyReply, flat: Flat, format: Exclude<Format, 'json'>) {
  return format === 'csv'
    ? reply.type('text/csv; charset=utf-8').send(csvOf(flat))
    : reply.type('application/vnd.apache.parquet').send(await parquetOf(flat));
}
