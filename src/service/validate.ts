/**
 * How requests are validated: addresses and query strings are text and are coerced, bodies are taken as they are. The
 * body of a message is left to its reader, whose errors name the place in the message; its schema is documentation.
 */
import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { dayOf } from '../declaration/dates.ts';

/** A format that nobody knows would be passed over with a line on the terminal: the service does not start instead. */
const fail = (problem: unknown): never => {
  throw new Error(String(problem));
};
const logger = { log: fail, warn: fail, error: fail };
const options = { useDefaults: true, removeAdditional: false, strict: false, logger } as const;
/** `YYYY-MM-DD` that the calendar has. */
const isDay = (text: string): boolean => {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return parts !== null && dayOf(Number(parts[1]), Number(parts[2]), Number(parts[3])) !== undefined;
};
/** RFC 3339, the offset told: a day that the calendar has, and a time of it. */
const isInstant = (text: string): boolean =>
  /^[\d-]{10}T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text) &&
  isDay(text.slice(0, 10)) &&
  !Number.isNaN(Date.parse(text));
const withFormats = (ajv: Ajv): Ajv => ajv.addFormat('date', isDay).addFormat('date-time', isInstant);
const texts = withFormats(new Ajv({ ...options, coerceTypes: 'array' }));
const bodies = withFormats(new Ajv(options));

const mark = 'x-validated-by';

/** The schema of a body that a reader validates. */
export const byReader = <T extends TSchema>(schema: T): T => ({ ...schema, [mark]: 'reader' });

export const validatorCompiler: FastifySchemaCompiler<TSchema & { [mark]?: string }> = ({
  schema,
  httpPart,
}) => {
  if (schema[mark] === 'reader') return () => true;
  return (httpPart === 'body' ? bodies : texts).compile(schema);
};
