/** The procedure files (profiles/procedures), read once: which country follows which order of steps. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { validator } from '../declaration/validate.ts';
import { CrosscheckError } from '../errors.ts';
import { Procedure } from '../facts/trail/procedure.ts';
import { fromRoot } from '../ground/paths.ts';

/** @param folder of procedure files. Throws CC_PROFILE_INVALID with the file and the place. */
export function readProcedures(folder = fromRoot('profiles', 'procedures')): readonly Procedure[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const value = parse(readFileSync(`${folder}/${file}`, 'utf8')) as unknown;
      return validator(Procedure, 'CC_PROFILE_INVALID', { file })(value) as Procedure;
    });
}

/** The procedure of a country: its own, else the standard one. */
export function procedureOf(procedures: readonly Procedure[]): (country: string | undefined) => Procedure {
  const standard = procedures.find(({ id }) => id === 'standard');
  if (standard === undefined)
    throw new CrosscheckError('CC_NOT_FOUND', { what: 'procedure file', id: 'standard' });
  const own = new Map(procedures.flatMap((one) => one.countries.map((country) => [country, one] as const)));
  return (country) => (country === undefined ? undefined : own.get(country)) ?? standard;
}
