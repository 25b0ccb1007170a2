/**
 * What a mapping is asked for by: a plain word means one that is shipped, whatever lies in the working folder; a file is
 * named by its path, with a folder or an extension in it.
 */
import { statSync } from 'node:fs';
import { CrosscheckError } from '../errors.ts';
import { fromRoot } from '../ground/paths.ts';

export const isPath = (idOrPath: string): boolean => /[\\/]|\.[^.\s]+$/.test(idOrPath);

/** The file that holds it. Throws CC_SOURCE_MAPPING_UNKNOWN, which names what is shipped and how a file is named. */
export function mappingPath(idOrPath: string, shipped: readonly string[]): string {
  if (isPath(idOrPath)) {
    if (statSync(idOrPath, { throwIfNoEntry: false })?.isFile() === true) return idOrPath;
  } else if (shipped.includes(idOrPath)) return fromRoot('profiles', 'sources', `${idOrPath}.yaml`);
  const here = isPath(idOrPath) ? idOrPath : `./${idOrPath}`;
  throw new CrosscheckError('CC_SOURCE_MAPPING_UNKNOWN', { id: idOrPath, known: shipped.join(', '), here });
}
