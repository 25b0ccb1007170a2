/**
 * The door: bytes in, records out. The format is found in the content; each reader lies in a file of its own. What is
 * unusable as a whole throws a CrosscheckError, what is bad among good records is yielded as refused.
 */
import { CrosscheckError } from '../errors.ts';
import { readCsv } from './csv/read.ts';
import { formatOf, type InputFormat } from './format.ts';
import { asUtf8, demandMarked, type Input, markBytes, type OpenedInput, openInput } from './input.ts';
import { type JsonReading, readJson, readJsonArray, readNdjson } from './json.ts';
import { defaultLimits } from './limits.ts';
import { readNdjsonBeside } from './ndjson-beside.ts';
import type { IntakeRecord, ReadOptions } from './record.ts';
import { readXml } from './xml-messages.ts';

export type { Input } from './input.ts';

type Reader = (opened: OpenedInput, options: ReadOptions) => AsyncGenerator<IntakeRecord>;

const jsonReading = (options: ReadOptions): JsonReading => ({
  limits: { ...defaultLimits, ...options.limits },
  file: options.file,
  country: options.country,
});

const readers: Record<InputFormat, Reader> = {
  xml: readXml,
  json: (opened, options) => readJson(asUtf8(opened), jsonReading(options)),
  'json-array': (opened, options) => readJsonArray(asUtf8(opened), jsonReading(options)),
  csv: readCsv,
  ndjson: (opened, options) =>
    options.identities === undefined
      ? readNdjson(asUtf8(opened), jsonReading(options))
      : readNdjsonBeside(asUtf8(opened), jsonReading(options), options.identities),
};

/**
 * Records of a message or a file, in their order; memory stays flat for NDJSON, JSON arrays and CSV. Throws a
 * CrosscheckError where the input is unusable as a whole; records that were yielded before it stand.
 */
export async function* read(input: Input, options: ReadOptions = {}): AsyncGenerator<IntakeRecord> {
  try {
    // Who sends lines one at a time waits for the answer to the first.
    const opened = await openInput(input, undefined, options.format === 'ndjson' ? markBytes : undefined);
    // A column mapping may say what encoding its file is in.
    if (options.mapping === undefined) demandMarked(opened);
    const format = options.format ?? formatOf(opened.head(), options.mapping !== undefined);
    yield* readers[format](opened, options);
  } catch (thrown) {
    throw thrown instanceof CrosscheckError ? thrown.at({ file: options.file }) : thrown;
  }
}
