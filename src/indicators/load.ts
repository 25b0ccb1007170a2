/** A folder of indicator files to definitions: read, held against the schema, linted. One indicator a file. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { CrosscheckError } from '../errors.ts';
import { contentHash } from '../ground/canonical.ts';
import { fromRoot } from '../ground/paths.ts';
import { whyUnreadable } from '../ground/system-error.ts';
import { readText } from '../ground/text.ts';
import { type Diagnostic, hasErrors, inOrder } from '../rules/diagnostic.ts';
import { readSource, type SourceFile } from '../rules/source.ts';
import { Definition, FigureSpec } from './definition.ts';
import { type IndicatorSource, lintIndicators } from './lint.ts';
import { loadPrices, withPrices } from './prices.ts';

export interface LoadedIndicators {
  definitions: ReadonlyMap<string, Definition>;
  diagnostics: Diagnostic[];
  files: string[];
  /** Hash of the definitions' content. */
  version: string;
}

export const defaultIndicators = (): string => fromRoot('profiles', 'indicators');

const ajv = new Ajv({ allErrors: true, strict: false });
const checkDefinition = ajv.compile({
  ...Definition,
  $id: undefined,
  properties: { ...Definition.properties, figures: { type: 'array', minItems: 1 } },
});
/** A figure is held against the schema of its own method, so that a complaint speaks of that one and not of twelve. */
const checkFigure = new Map(
  FigureSpec.anyOf.map((schema) => [schema.properties.method.const as string, ajv.compile({ ...schema })]),
);

function schemaProblems(source: SourceFile): Diagnostic[] {
  const say = (pointer: string, message: string): Diagnostic => ({
    code: 'IN001',
    severity: 'error',
    place: source.place(
      pointer
        .split('/')
        .slice(1)
        .map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    ),
    message: `${pointer || '/'} ${message}`,
    fix: 'The keys and their values are in docs/indicators.md and schemas/indicator.json.',
  });
  const problems: Diagnostic[] = [];
  if (!checkDefinition(source.value)) {
    for (const error of checkDefinition.errors ?? []) {
      problems.push(say(error.instancePath, `${error.message} ${JSON.stringify(error.params)}`));
    }
    return problems;
  }
  const figures = (source.value as { figures: unknown[] }).figures;
  figures.forEach((figure, i) => {
    const method = (figure as { method?: unknown } | null)?.method;
    const check = typeof method === 'string' ? checkFigure.get(method) : undefined;
    if (check === undefined) {
      problems.push(say(`/figures/${i}`, `has no method of ${[...checkFigure.keys()].join(', ')}`));
    } else if (!check(figure)) {
      for (const error of check.errors ?? []) {
        problems.push(
          say(`/figures/${i}${error.instancePath}`, `${error.message} ${JSON.stringify(error.params)}`),
        );
      }
    }
  });
  return problems;
}

/** Files by name with their text; nothing is read from disk. */
export function loadIndicatorTexts(texts: ReadonlyMap<string, string>, today: string): LoadedIndicators {
  const diagnostics: Diagnostic[] = [];
  const sources: IndicatorSource[] = [];
  for (const [file, text] of texts) {
    const source = readSource(file, text);
    const problems =
      source.problems.length > 0
        ? source.problems.map((problem) => ({ ...problem, code: 'IN001' }))
        : schemaProblems(source);
    diagnostics.push(...problems);
    if (problems.length === 0) sources.push({ source, definition: source.value as Definition });
  }
  diagnostics.push(...lintIndicators(sources, today));
  const usable = sources.map(({ definition }) => definition).sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    definitions: new Map(usable.map((definition) => [definition.id, definition])),
    diagnostics: inOrder(diagnostics),
    files: [...texts.keys()],
    version: contentHash(usable).slice(0, 16),
  };
}

/** @param from a folder or one file. Throws CC_FILE_UNREADABLE where there is none. */
export function loadIndicators(today: string, from: string = defaultIndicators()): LoadedIndicators {
  try {
    const files = statSync(from).isDirectory()
      ? readdirSync(from, { recursive: true, encoding: 'utf8' })
          .filter((name) => /\.ya?ml$/.test(name))
          .sort()
          .map((name) => join(from, name))
      : [from];
    return loadIndicatorTexts(new Map(files.map((file) => [file, readText(file)])), today);
  } catch (thrown) {
    if (thrown instanceof CrosscheckError) throw thrown;
    throw new CrosscheckError(
      'CC_FILE_UNREADABLE',
      { file: from, problem: whyUnreadable(thrown) },
      { file: from },
      thrown,
    );
  }
}

/** The definitions, all of them sound, with the price indices. Throws CC_INDICATORS_REFUSED and CC_PRICES_INVALID where a file is not. */
export function soundIndicators(
  from?: string,
  today = new Date().toISOString().slice(0, 10),
  pricesFrom?: string,
): LoadedIndicators {
  const loaded = loadIndicators(today, from);
  if (hasErrors(loaded.diagnostics)) {
    const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
    const files = new Set(errors.map(({ place }) => place.file));
    throw new CrosscheckError(
      'CC_INDICATORS_REFUSED',
      { count: errors.length, files: files.size },
      { file: errors[0]!.place.file, line: errors[0]!.place.line, column: errors[0]!.place.column },
    );
  }
  const prices = loadPrices(pricesFrom);
  return {
    ...loaded,
    definitions: new Map(
      [...loaded.definitions].map(([id, definition]) => [id, withPrices(definition, prices)]),
    ),
  };
}

export function definitionOf(loaded: LoadedIndicators, id: string): Definition {
  const found = loaded.definitions.get(id);
  if (found === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'indicator', id });
  return found;
}
