/**
 * How long data are kept: a file of an administration, since its law says so. Nothing is removed that the file does not
 * name, and the one that is shipped names nothing.
 */
import { Ajv } from 'ajv';
import Type, { type Static } from 'typebox';
import { problemOf } from '../../declaration/validate.ts';
import { CrosscheckError } from '../../errors.ts';
import { contentHash } from '../../ground/canonical.ts';
import { fromRoot } from '../../ground/paths.ts';
import { readYaml } from '../../ground/yaml.ts';

const days = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 36_600, description }));

export const Retention = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 60 }),
    version: Type.Integer({ minimum: 1 }),
    title: Type.Record(Type.String(), Type.String(), { description: 'by language' }),
    owner: Type.String(),
    legalBasis: Type.Optional(Type.String({ description: 'law or decision that the days rest on' })),
    keep: Type.Object(
      {
        declaration: days(
          'days since anything was last recorded of a declaration: its versions, trail, outcomes, checks, findings and rows go together',
        ),
        figure_edition: days(
          'days since a figure was frozen; while it is kept, so are the declarations of its month',
        ),
        webhook_delivery: days('days since a delivery was settled'),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type Retention = Static<typeof Retention>;

export interface LoadedRetention {
  policy: Retention;
  /** Content hash. */
  version: string;
}

const validate = new Ajv().compile(Retention);

export const shippedRetention = fromRoot('profiles', 'retention', 'default.yaml');

/** Throws CC_PROFILE_INVALID with the pointer of the first fault, and as readYaml. */
export function loadRetention(file: string): LoadedRetention {
  const content = readYaml(file);
  if (!validate(content)) {
    const { pointer, problem } = problemOf(validate.errors![0]!);
    throw new CrosscheckError('CC_PROFILE_INVALID', { file, pointer, problem }, { file, pointer });
  }
  const policy = content as Retention;
  return { policy, version: contentHash(policy).slice(0, 16) };
}
