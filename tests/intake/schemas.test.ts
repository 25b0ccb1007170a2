import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { publishedSchemas } from '../../src/intake/schemas.ts';

describe('the published schemas', () => {
  it.each(Object.entries(publishedSchemas))(
    '%s is the one that is used; -u writes it',
    async (file, schema) => {
      await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(fromRoot('schemas', file));
    },
  );

  it('judge a declaration as we do', () => {
    const check = new Ajv({ strict: true, allowUnionTypes: true }).compile(
      publishedSchemas['declaration.json']!,
    );
    expect(check({ format: 'json', flow: 'import', items: [{ number: 1 }] })).toBe(true);
    expect(check({ format: 'json', flow: 'import', items: [{ number: 0 }] })).toBe(false);
    expect(check({ format: 'json', flow: 'import', items: [], colour: 'red' })).toBe(false);
  });
});
