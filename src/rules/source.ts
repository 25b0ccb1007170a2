/**
 * One file of the rulebook as text, value and places: YAML (JSON is a part of it) read so that every later complaint can
 * name line and column. Comes from disk by load.ts; goes to validation and lints.
 */
import { isCollection, isMap, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { CrosscheckError } from '../errors.ts';
import type { Diagnostic, Place } from './diagnostic.ts';

/** From the file's root: keys and list indices. */
export type Path = readonly (string | number)[];

export interface SourceFile {
  /** As it is shown in messages. */
  file: string;
  value: unknown;
  /** Syntax errors: with one of them `value` is undefined. */
  problems: Diagnostic[];
  /** Where the value at the path begins, or its key; the nearest place above it where there is none. */
  place(path: Path, part?: 'key' | 'value'): Place;
  /** Where the nth character of a text at the path is, for a text on one line; else where the text begins. */
  placeIn(path: Path, character: number): Place;
  /** The scalar as written, without quotes: `02` where YAML reads the number 2. */
  written(path: Path): string | undefined;
}

/** The member of a collection, with the key that names it. */
function step(node: unknown, key: string | number): { key?: Node; value?: Node } {
  if (!isCollection(node)) return {};
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
    return { key: pair?.key as Node | undefined, value: pair?.value as Node | undefined };
  }
  const item = typeof key === 'number' ? node.items[key] : undefined;
  return isPair(item) ? {} : { value: item as Node | undefined };
}

/** A file of bytes that are no text, as a problem of it. */
export const unreadable = ({ message, where }: CrosscheckError, file: string): Diagnostic => ({
  code: 'RL001',
  severity: 'error',
  place: { file, line: where.line ?? 1, column: where.column ?? 1 },
  message,
  fix: 'Save the file as UTF-8.',
});

/** What people write, in the words of who wrote it; else as the reader of YAML says it. */
const syntax: Readonly<Record<string, { message: string; fix: string }>> = {
  DUPLICATE_KEY: {
    message: 'the same key is written twice',
    fix: 'Keep one of them; the other would be lost without a word.',
  },
  TAB_AS_INDENT: {
    message: 'a tab stands where the line is indented',
    fix: 'Indent with spaces; an editor can do so for the whole file.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a colon and a blank stand in the value of a key, which reads as another key',
    fix: 'Put a text that has them in quotes; or mend the indentation.',
  },
  MULTIPLE_DOCS: {
    message: 'a second document begins here, after ---',
    fix: 'Give it a file of its own: one file holds one.',
  },
};

/** More aliases than any rule needs: what expands beyond is an attack on memory. */
const maxAliases = 100;

export function readSource(file: string, text: string): SourceFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  // A tab makes errors of the lines behind it, which say nothing of their own.
  const tabs = document.errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  const problems: Diagnostic[] = (tabs.length > 0 ? tabs : document.errors).map((error) => ({
    code: 'RL001',
    severity: 'error',
    place: placeAt(error.pos[0]),
    message: error.message,
    fix: 'Mend the YAML here; indentation and quotes are the usual causes.',
    ...syntax[error.code],
  }));
  if (problems.length === 0 && document.contents === null)
    problems.push({
      code: 'RL001',
      severity: 'error',
      place: placeAt(0),
      message: 'the file holds nothing',
      fix: 'Write it, or remove the file.',
    });
  // What the reader only warns of (a tag that nobody knows) changes what the value is.
  for (const warning of document.warnings)
    problems.push({
      code: 'RL001',
      severity: 'error',
      place: placeAt(warning.pos[0]),
      message: warning.message,
      fix: 'Remove the tag; put the value in quotes if it is a text.',
    });
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2')
    problems.push({
      code: 'RL001',
      severity: 'error',
      place: placeAt(text.indexOf('%YAML')),
      message: `YAML ${document.directives.yaml.version} reads NO as false, 0101 as 65 and 1:30 as 90`,
      fix: 'Remove the line %YAML; rule files are YAML 1.2.',
    });
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      problems.push({
        code: 'RL001',
        severity: 'error',
        place: placeAt(alias.range?.[0] ?? 0),
        message: `*${alias.source} without quotes refers to an anchor, and there is none`,
        fix: `Put a text in quotes: "*${alias.source}".`,
      });
    },
    Scalar(_key, scalar) {
      // Numbers that JSON has not: they could be neither stored, hashed nor compared.
      if (typeof scalar.value === 'number' && !Number.isFinite(scalar.value))
        problems.push({
          code: 'RL001',
          severity: 'error',
          place: placeAt(scalar.range?.[0] ?? 0),
          message: `${scalar.source ?? scalar.value} is no finite number`,
          fix: 'Write a number, or leave the condition out.',
        });
    },
  });
  let value: unknown;
  if (problems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: maxAliases });
    } catch (thrown) {
      problems.push({
        code: 'RL001',
        severity: 'error',
        place: { file, line: 1, column: 1 },
        message: thrown instanceof Error ? thrown.message : String(thrown),
        fix: 'Write the repeated parts out, or move them to a shared condition.',
      });
    }
  }

  return {
    file,
    value,
    problems,
    place(path, part = 'value') {
      let offset = document.contents?.range?.[0] ?? 0;
      let node: unknown = document.contents;
      for (const [depth, name] of path.entries()) {
        const member = step(node, name);
        const wanted =
          depth === path.length - 1 && part === 'key'
            ? (member.key ?? member.value)
            : (member.value ?? member.key);
        if (wanted?.range) offset = wanted.range[0];
        if (member.value === undefined) break;
        node = member.value;
      }
      return placeAt(offset);
    },
    placeIn(path, character) {
      const start = this.place(path);
      const written = this.written(path) ?? '';
      if (written.includes('\n')) return start;
      const quote = written.startsWith('"') || written.startsWith("'") ? 1 : 0;
      return { ...start, column: start.column + quote + character };
    },
    written(path) {
      let node: unknown = document.contents;
      for (const name of path) node = step(node, name).value;
      return isScalar(node) && node.range ? text.slice(node.range[0], node.range[1]) : undefined;
    },
  };
}
