/**
 * A folder of files into rules with the place of everything in them. One rule a file, anywhere under the folder; named
 * conditions that rules share in shared/, the clean base declarations of the examples in base/ (read by examples.ts).
 * A file that cannot be used is kept with what is wrong with it; the folder itself must be readable.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import { whyUnreadable } from '../ground/system-error.ts';
import { readTextSoon } from '../ground/text.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Condition, Rule } from './model.ts';
import { type Path, readSource, type SourceFile, unreadable } from './source.ts';
import { conditionsFit, ruleProblems, type SchemaProblem, sharedProblems } from './validate.ts';

/** One rule as it was read. */
export interface RuleSource {
  source: SourceFile;
  /** Where it begins in the file: empty but for a list of rules, which is refused and explained. */
  base: Path;
  raw: Record<string, unknown>;
  problems: SchemaProblem[];
  /** Present where the schema has nothing against it. */
  rule?: Rule;
}

export interface SharedSource {
  source: SourceFile;
  raw: Record<string, unknown>;
  problems: SchemaProblem[];
  shared?: { name: string; purpose: Record<string, string>; conditions: Condition };
}

export interface LoadedRules {
  /** The folder, or the file, that was asked for. */
  from: string;
  files: string[];
  rules: RuleSource[];
  shared: SharedSource[];
  /** Files of a folder that are called like rules and not read, for their endings. */
  unread: string[];
  /** Files that could not be read as YAML. */
  problems: Diagnostic[];
  /** Hash of the content of rules and shared conditions; comments, order and file names do not count. */
  version: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function ruleSources(source: SourceFile): RuleSource[] {
  const entries: [Path, unknown][] = Array.isArray(source.value)
    ? source.value.map((value, i) => [[i], value])
    : [[[], source.value]];
  return entries.map(([base, value]) => {
    const problems = ruleProblems(value);
    const raw = isRecord(value) ? value : {};
    const usable = base.length === 0 && problems.length === 0 && conditionsFit(raw.conditions);
    return { source, base, raw, problems, rule: usable ? (raw as unknown as Rule) : undefined };
  });
}

function sharedSource(source: SourceFile): SharedSource {
  const problems = sharedProblems(source.value);
  const raw = isRecord(source.value) ? source.value : {};
  const usable = problems.length === 0 && conditionsFit(raw.conditions);
  return { source, raw, problems, shared: usable ? (raw as unknown as SharedSource['shared']) : undefined };
}

const isRuleFile = (name: string): boolean => /\.(ya?ml|json)$/i.test(name);
/** Called by a rule's id, under an ending that is not read: editors that hide endings add `.txt`. */
const isMeantAsRule = (name: string): boolean =>
  /^[A-Z]{2,5}-\d{3}[^.]*(\.ya?ml)?(\.txt)?$/.test(name) && !isRuleFile(name);
const folderOf = (file: string): string => basename(dirname(file));

const refuse = (file: string, problem: string, cause?: unknown) =>
  new CrosscheckError('CC_FILE_UNREADABLE', { file, problem }, { file }, cause);

/**
 * Names in a folder and those below it, through links, as folders of rules are put in place by them. What begins with a point
 * is of an editor or of what put the files there. What is called like a rule and is no file is refused: left out, a link to
 * nowhere would take its rule out of force.
 */
async function* namesBelow(folder: string, above: readonly string[] = []): AsyncGenerator<string> {
  const here = await realpath(folder);
  if (above.includes(here)) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const found = entry.isSymbolicLink() ? await targetOf(path) : entry;
    if (isRuleFile(entry.name) && found?.isFile() !== true)
      throw refuse(path, found === undefined ? 'it is a link to what is not there' : 'it is no file');
    if (found?.isDirectory() === true) {
      if (entry.name !== 'base') yield* namesBelow(path, [...above, here]);
    } else if (found?.isFile() === true) yield path;
  }
}

/** Undefined where a link leads to nothing. */
async function targetOf(link: string) {
  try {
    return await stat(link);
  } catch (thrown) {
    if (['ENOENT', 'ELOOP'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw thrown;
  }
}

async function ruleFilesIn(from: string): Promise<Pick<LoadedRules, 'files' | 'unread'>> {
  try {
    if (!(await stat(from)).isDirectory()) return { files: [from], unread: [] };
    const paths: string[] = [];
    for await (const path of namesBelow(from)) paths.push(path);
    paths.sort();
    const named = (wanted: (name: string) => boolean) => paths.filter((path) => wanted(basename(path)));
    return { files: named(isRuleFile), unread: named(isMeantAsRule) };
  } catch (thrown) {
    throw thrown instanceof CrosscheckError ? thrown : refuse(from, whyUnreadable(thrown), thrown);
  }
}

/**
 * What a folder of rules looks like from outside, as one text: it changes with whatever could change what is read from it.
 * For who looks often and reads seldom.
 */
export async function lookOf(from: string): Promise<string> {
  const seen: string[] = [];
  try {
    for (const file of (await ruleFilesIn(from)).files) {
      const { dev, ino, size, mtimeMs, ctimeMs } = await stat(file);
      seen.push([file, dev, ino, size, mtimeMs, ctimeMs].join(' '));
    }
  } catch (thrown) {
    seen.push((thrown as Error).message);
  }
  return seen.join('\n');
}

/** Files with their text, as a folder or an editor has them; nothing is read from disk. */
export function loadTexts(from: string, texts: ReadonlyMap<string, string>): LoadedRules {
  const loaded: LoadedRules = {
    from,
    files: [...texts.keys()],
    unread: [],
    rules: [],
    shared: [],
    problems: [],
    version: '',
  };
  for (const [file, text] of texts) {
    const source = readSource(file, text);
    if (source.problems.length > 0) loaded.problems.push(...source.problems);
    else if (folderOf(file) === 'shared') loaded.shared.push(sharedSource(source));
    else loaded.rules.push(...ruleSources(source));
  }
  loaded.version = versionOf(loaded);
  return loaded;
}

function versionOf(loaded: LoadedRules): string {
  const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const hashes = [
    ...loaded.rules.map(({ raw }) => contentHash({ rule: raw })),
    ...loaded.shared.map(({ raw }) => contentHash({ shared: raw })),
  ].sort(byText);
  return contentHash(hashes);
}

/** @param from a folder of rules, or one file. Throws CC_FILE_UNREADABLE where there is none. */
export async function loadRules(from: string): Promise<LoadedRules> {
  const { files, unread } = await ruleFilesIn(from);
  const texts = new Map<string, string>();
  const problems: Diagnostic[] = [];
  for (const file of files) {
    try {
      texts.set(file, await readTextSoon(file));
    } catch (thrown) {
      if (thrown instanceof CrosscheckError) {
        problems.push(unreadable(thrown, file));
        continue;
      }
      throw refuse(file, whyUnreadable(thrown), thrown);
    }
  }
  const loaded = loadTexts(from, texts);
  return { ...loaded, files, unread, problems: [...problems, ...loaded.problems] };
}
