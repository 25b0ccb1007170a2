/**
 * What a check records as the engine that wrote it: the release, and a digest of what this build evaluates with. Two builds
 * of one release that might come to something else are told apart, and every copy of one build is the same.
 *
 * The digest is of the files as they lie beside this one, built or not: no step of a build can leave it behind.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot, packageVersion } from '../ground/paths.ts';

/** Rooms whose code what a check says depends on: all that a check reaches by imports lies in one of them, as a test holds. */
export const rooms = [
  'check',
  'declaration',
  'engine',
  'evidence',
  'facts',
  'ground',
  'intake',
  'mapping',
  'rules',
  'selectivity',
  'sources',
];
/** Libraries that read or carry out a rule: their release is not ours to say. */
const libraries = ['@marcbachmann/cel-js', 're2js', 'yaml'];

let own: string | undefined;

/** Such as `0.1.0+4f6a1c0b92de`; read once, some 300 files. */
export function engineVersion(): string {
  own ??= `${packageVersion}+${digestOf(join(dirname(fileURLToPath(import.meta.url)), '..'), packageRoot)}`;
  return own;
}

/**
 * @param source folder that holds the rooms
 * @param root from where libraries are looked for, upwards
 */
export function digestOf(source: string, root: string): string {
  const hash = createHash('sha256');
  const files = rooms
    .flatMap((room) => readdirSync(join(source, room), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /(?<!\.d)\.[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  // A name and its length before each content: what is moved between files is another build.
  const named = files.map((file) => ({ file, name: relative(source, file).split(sep).join('/') }));
  for (const { file, name } of named.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const content = readFileSync(file);
    hash.update(`${name}\n${content.length}\n`).update(content);
  }
  for (const library of libraries) hash.update(`${library}@${releaseOf(library, root)}\n`);
  return hash.digest('hex').slice(0, 12);
}

/** As the module system finds it: in the nearest folder of packages, going up. */
function releaseOf(library: string, root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    const manifest = join(folder, 'node_modules', library, 'package.json');
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')).version;
    if (dirname(folder) === folder) return 'none';
  }
}
