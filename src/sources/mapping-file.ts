/**
 * Mapping files: found by id in profiles/sources/ or by path (src/mapping/named.ts), read as YAML, checked against the schema and against
 * what the schema cannot say: formats, zones, code tables, paths of the canonical model, tables that name each other.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { parseDocument } from 'yaml';
import { CrosscheckError } from '../errors.ts';
import { fromRoot } from '../ground/paths.ts';
import { readText } from '../ground/text.ts';
import { Mapping } from '../mapping/mapping.ts';
import { mappingPath } from '../mapping/named.ts';
import { compileMapping } from './compile.ts';
import { plainReferenceMapping, referenceMappingId } from './reference/plain.ts';

const folder = fromRoot('profiles', 'sources');
const validate = new Ajv({ allErrors: true, strict: false }).compile(Mapping);

/** Ids of the mappings of table extracts in profiles/sources. */
export const shippedMappings = (): string[] =>
  readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .filter((name) => /^tables:/m.test(readFileSync(join(folder, name), 'utf8')))
    .map((name) => basename(name).replace(/\.ya?ml$/, ''))
    .concat(referenceMappingId)
    .sort();

/**
 * @param idOrPath `asycuda-world`, or the path of a file: `./asycuda-world`, `ours.yaml`. Throws CC_SOURCE_MAPPING_UNKNOWN or, with pointer and, where
 * the YAML itself is broken, line and column, CC_SOURCE_MAPPING_INVALID.
 */
export function loadMapping(idOrPath: string): Mapping {
  return loaded(idOrPath, []);
}

/** @param from files that led here, each extending the next */
function loaded(idOrPath: string, from: readonly string[]): Mapping {
  if (idOrPath === referenceMappingId) return plainReferenceMapping();
  const path = mappingPath(idOrPath, shippedMappings());
  return parsed(readText(path), path, from);
}

/** A mapping from its text. Same errors. */
export const useMapping = (text: string, file: string): Mapping => parsed(text, file, []);

function parsed(text: string, file: string, from: readonly string[]): Mapping {
  const document = parseDocument(text, { prettyErrors: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new CrosscheckError(
      'CC_SOURCE_MAPPING_INVALID',
      { pointer: '/', problem: broken.message.split('\n')[0]! },
      { file, line: broken.linePos?.[0].line, column: broken.linePos?.[0].col },
    );
  }
  const content: unknown = document.toJS({ maxAliasCount: 1000 });
  const refuse = (pointer: string, problem: string): never => {
    throw new CrosscheckError(
      'CC_SOURCE_MAPPING_INVALID',
      { pointer: pointer || '/', problem },
      { file, pointer },
    );
  };
  const whole = extended(content, file, from, refuse);
  if (!validate(whole)) {
    // Of the branches of a union the deepest place says the most.
    const fault = [...validate.errors!].sort((a, b) => b.instancePath.length - a.instancePath.length)[0]!;
    refuse(fault.instancePath, `${fault.message} ${JSON.stringify(fault.params)}`);
  }
  compileMapping(whole as Mapping, {}, refuse);
  return whole as Mapping;
}

/**
 * What a mapping that extends another means: objects are merged, lists replace, rules of rows go before the base's. The
 * base is shipped or lies beside the mapping, never elsewhere: mappings come from remote callers too.
 */
function extended(
  content: unknown,
  file: string,
  from: readonly string[],
  refuse: (pointer: string, problem: string) => never,
): unknown {
  if (!isObject(content) || typeof content.extends !== 'string') return content;
  const { extends: base, ...own } = content;
  if (shippedMappings().includes(base)) return merge(loaded(base, []), own);
  const near = join(dirname(file), base);
  if (basename(base) !== base || !(statSync(near, { throwIfNoEntry: false })?.isFile() ?? false))
    refuse('/extends', `is none of ${shippedMappings().join(', ')}, and no file beside this one`);
  const chain = [...from, join(file)];
  if (chain.includes(near)) refuse('/extends', 'comes back to a file that extends this one');
  return merge(loaded(near, chain), own);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(base: unknown, own: unknown, name = ''): unknown {
  if (name === 'rows' && Array.isArray(base) && Array.isArray(own)) return [...own, ...base];
  if (!isObject(base) || !isObject(own)) return own;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own))
    merged[key] = key in base ? merge(base[key], value, key) : value;
  return merged;
}
