/**
 * How requests are validated: addresses and query strings are text and are coerced, bodies are taken as they are. The
 * body of a message is left to its reader, whose errors name the place in the message; its schema is documentation.
 */
import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { isDay } from '../declaration/dates.ts';

/** A format that nobody knows would be passed over with a line on the terminal: the service does not start instead. */
const fail = (problem: unknown): never => {
  throw new Error(String(problem));
};
const logger = { log: fail, warn: fail, error: fail };
const options = { useDefaults: true, removeAdditional: false, strict: false, logger } as const;
const texts = new Ajv({ ...options, coerceTypes: 'array' }).addFormat('date', isDay);
const bodies = new Ajv(options).addFormat('date', isDay);

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
