/**
 * Readers for JSON: one record, an array of them, or one a line (NDJSON). A record is a declaration in the canonical
 * model, `{ declaration, trail, outcomes }`, or `{ reference, trail, outcomes }` for what answers a declaration that is
 * held elsewhere. A bad record among others is yielded as refused, with its line; the others are read.
 */
import { countryProfile } from '../declaration/country-profile.ts';
import type { Declaration, DeclarationRecord } from '../declaration/declaration.ts';
import { validateAnswer, validateDeclaration, validateRecord } from '../declaration/validate.ts';
import { CrosscheckError, type Where } from '../errors.ts';
import { identify } from './identity.ts';
import { utf8Text } from './input.ts';
import { type Cut, cutArray, cutLines } from './json-records.ts';
import { parseJson } from './json-text.ts';
import type { Limits } from './limits.ts';
import type { DeclarationRecord as DeclaredRecord, Identity, IntakeRecord } from './record.ts';

export interface JsonReading {
  limits: Limits;
  file?: string | undefined;
  /** Country profile for declarations that name none. */
  country?: string | undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The record in one JSON value. Throws CC_DECLARATION_INVALID with the pointer.
 * @param text that it was parsed from
 * @param identity of the declaration that the value was found to hold: it is not looked at again
 */
export function jsonRecord(
  value: unknown,
  where: Where,
  country?: string,
  text?: string,
  identity?: Identity,
): IntakeRecord {
  if (isObject(value) && 'declaration' in value) {
    const given = { ...value, declaration: withFormat(value.declaration) };
    const record = identity === undefined ? validateRecord(given) : (given as DeclarationRecord);
    return declared(record, where, country, identity);
  }
  if (isObject(value) && 'reference' in value) {
    const { reference, trail = [], outcomes = [] } = validateAnswer(value);
    return { kind: 'answer', declaration: reference, aliases: [reference], trail, outcomes, where };
  }
  const whole = withFormat(value);
  const declaration = identity === undefined ? validateDeclaration(whole) : (whole as Declaration);
  const record = declared({ declaration }, where, country, identity);
  if (text !== undefined && record.declaration === whole && text.startsWith('{'))
    record.text = whole === value ? text : `{"format":"json",${text.slice(1)}`;
  return record;
}

/** A declaration in JSON may leave its format out: it is this one. */
const withFormat = (value: unknown): unknown =>
  isObject(value) && !('format' in value) ? { format: 'json', ...value } : value;

function declared(
  record: DeclarationRecord,
  where: Where,
  country: string | undefined,
  identity?: Identity,
): DeclaredRecord {
  const { declaration: given, trail = [], outcomes = [] } = record;
  const isGiven = given.country === undefined && country !== undefined;
  // Throws where nobody knows it.
  if (isGiven) countryProfile(country);
  const declaration: Declaration = isGiven ? { ...given, country } : given;
  return {
    kind: 'declaration',
    identity: identity ?? identify(declaration),
    declaration,
    trail,
    outcomes,
    where,
  };
}

/** A text of which somebody has found out who the declaration in it is. */
export interface KnownText {
  text: string;
  identity: Identity;
}

/** The record in one cut, or why there is none. What is known of it is not looked at again. */
export function readCut(cut: Cut, ordinal: number, reading: JsonReading, known?: KnownText): IntakeRecord {
  const where: Where = { file: reading.file, record: ordinal };
  try {
    if (cut instanceof CrosscheckError) throw cut;
    where.line = cut.line;
    const text = known?.text ?? utf8Text(cut.bytes, cut.line);
    const value =
      known === undefined ? parseJson(text, cut.line, cut.column, reading.limits) : JSON.parse(text);
    return jsonRecord(value, where, reading.country, text, known?.identity);
  } catch (thrown) {
    if (!(thrown instanceof CrosscheckError)) throw thrown;
    return { kind: 'refused', error: thrown.at(where), where };
  }
}

async function* readCuts(cuts: AsyncIterable<Cut>, reading: JsonReading): AsyncGenerator<IntakeRecord> {
  let ordinal = 0;
  for await (const cut of cuts) {
    ordinal += 1;
    yield readCut(cut, ordinal, reading);
  }
}

export const readNdjson = (
  bytes: AsyncIterable<Uint8Array>,
  reading: JsonReading,
): AsyncGenerator<IntakeRecord> => readCuts(cutLines(bytes, reading.limits), reading);

export const readJsonArray = (
  bytes: AsyncIterable<Uint8Array>,
  reading: JsonReading,
): AsyncGenerator<IntakeRecord> => readCuts(cutArray(bytes, reading.limits), reading);

/**
 * One JSON document. What is wrong with it is wrong with the file, so it throws. Where its first line is whole and more
 * follows, it is NDJSON whose first line was too long to be told by the beginning of the content.
 */
export async function* readJson(
  bytes: AsyncIterable<Uint8Array>,
  reading: JsonReading,
): AsyncGenerator<IntakeRecord> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let firstLineEnded = false;
  const source = bytes[Symbol.asyncIterator]();
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    const piece = next.value;
    size += piece.length;
    if (size > reading.limits.documentBytes) {
      const limit = `${reading.limits.documentBytes} bytes`;
      throw new CrosscheckError('CC_INPUT_TOO_LARGE', { what: 'the document', limit });
    }
    pieces.push(piece);
    if (!firstLineEnded && piece.includes(10)) {
      const soFar = Buffer.concat(pieces);
      const start = soFar.findIndex((byte) => byte > 32);
      const end = soFar.indexOf(10, start);
      firstLineEnded = end >= 0;
      if (firstLineEnded && isWhole(soFar.subarray(start, end))) {
        yield* readNdjson(chained(soFar, source), reading);
        return;
      }
    }
  }
  const whole = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  const text = utf8Text(whole, 1);
  const value = parseJson(text, 1, 1, reading.limits);
  yield jsonRecord(value, { file: reading.file, record: 1 }, reading.country, text);
}

function isWhole(line: Buffer): boolean {
  if (line[line.length - 1] !== 125 && !line.toString('latin1').trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(line.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

async function* chained(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
