/**
 * The gate into the canonical model: whatever a reader or a caller made is held against the TypeBox schemas by Ajv, the
 * first breach thrown with its JSON pointer. Nothing is coerced and no default is filled in.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import Type, { type Static, type TSchema } from 'typebox';
import { CrosscheckError, type ErrorCode, type ErrorParams } from '../errors.ts';
import { timeKindOf, times } from './dates.ts';
import { AnswerRecord, Declaration, DeclarationRecord } from './declaration.ts';
import { plainlyValid } from './plainly-valid.ts';
import { Outcome, TrailEvent } from './trail.ts';

const ajv = new Ajv({ strict: true, allowUnionTypes: true, verbose: true });

const shown = (values: readonly unknown[]): string => values.map((value) => String(value)).join(', ');

/** Members of answers, and by what they are given where it stands: an account comes in, a surrogate goes out. */
const meant: Readonly<Record<string, string>> = { officer: 'user' };

function suggested(member: string, schema: ErrorObject['parentSchema']): string {
  const other = Object.hasOwn(meant, member) ? meant[member]! : undefined;
  const known = (schema as { properties?: object } | undefined)?.properties ?? {};
  return other !== undefined && Object.hasOwn(known, other) ? `; who acted is its '${other}'` : '';
}

/** Ajv's words, completed by what they leave out: the member that is too much, the values that are allowed. */
export function problemOf(error: ErrorObject): { pointer: string; problem: string } {
  const pointer = error.instancePath || '/';
  const { params } = error;
  if (error.keyword === 'additionalProperties') {
    const member = String(params.additionalProperty);
    return { pointer, problem: `it has no member '${member}'${suggested(member, error.parentSchema)}` };
  }
  if (error.keyword === 'enum') return { pointer, problem: `must be one of ${shown(params.allowedValues)}` };
  const time = timeKindOf(params.pattern);
  if (time !== undefined) return { pointer, problem: `must be ${times[time].plain}` };
  return { pointer, problem: error.message ?? error.keyword };
}

export type Validate<T> = (value: unknown) => T;

/**
 * A validator that returns the value under its type, or throws `code` with `pointer` and `problem` among its parameters.
 * Ajv is asked where the quick walk does not say yes, and compiled when it is first asked: a command that reads no such
 * thing, or nothing that is wrong, does not wait for it.
 */
export function validator<S extends TSchema>(
  schema: S,
  code: ErrorCode,
  params: ErrorParams = {},
): Validate<Static<S>> {
  let check: ValidateFunction<Static<S>> | undefined;
  const isPlain = plainlyValid(schema);
  return (value) => {
    if (isPlain(value)) return value as Static<S>;
    check ??= ajv.compile<Static<S>>(schema);
    if (check(value)) return value;
    const found = problemOf(check.errors![0]!);
    throw new CrosscheckError(
      code,
      { ...params, ...found },
      { file: params.file?.toString(), pointer: found.pointer },
    );
  };
}

export const validateDeclaration: Validate<Declaration> = validator(Declaration, 'CC_DECLARATION_INVALID');

const validateAround = validator(
  Type.Object(
    { ...DeclarationRecord.properties, declaration: Type.Unknown() },
    { additionalProperties: false },
  ),
  'CC_DECLARATION_INVALID',
);

/** Record and declaration apart, so that the large schema is compiled once. */
export function validateRecord(value: unknown): DeclarationRecord {
  const record = validateAround(value);
  try {
    return { ...record, declaration: validateDeclaration(record.declaration) };
  } catch (thrown) {
    if (!(thrown instanceof CrosscheckError)) throw thrown;
    const pointer = `/declaration${thrown.where.pointer ?? ''}`.replace(/\/$/, '');
    throw new CrosscheckError(thrown.code, { ...thrown.params, pointer }, { ...thrown.where, pointer });
  }
}

export const validateAnswer: Validate<AnswerRecord> = validator(AnswerRecord, 'CC_DECLARATION_INVALID');
export const validateEvent: Validate<TrailEvent> = validator(TrailEvent, 'CC_DECLARATION_INVALID');
export const validateOutcome: Validate<Outcome> = validator(Outcome, 'CC_DECLARATION_INVALID');
