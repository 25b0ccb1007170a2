/**
 * What is wrong with a rule file, and where: the one shape in which the loader, the linter and the compiler complain.
 * Codes are listed in src/rules/lint/table.ts and documented, each with an example, in docs/lints.md.
 */

/** An error refuses the rulebook; a warning should be mended; a hint may be. */
export const severities = ['error', 'warning', 'hint'] as const;
export type Severity = (typeof severities)[number];

/** 1-based. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

export interface Diagnostic {
  code: string;
  severity: Severity;
  place: Place;
  message: string;
  /** What to do about it, in one sentence. */
  fix?: string;
  /** The rule it is about, where its id could be read. */
  rule?: string;
}

const byPlace = (a: Diagnostic, b: Diagnostic): number =>
  a.place.file.localeCompare(b.place.file, 'en') ||
  a.place.line - b.place.line ||
  a.place.column - b.place.column ||
  a.code.localeCompare(b.code, 'en');

/** In the order in which a reader goes through the files; what two lints say in equal words is said once. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return [...diagnostics].sort(byPlace).filter((diagnostic) => {
    const key = `${placeText(diagnostic.place)} ${diagnostic.code} ${diagnostic.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export const placeText = (place: Place): string => `${place.file}:${place.line}:${place.column}`;

/** `file:line:column CODE severity: message`, and the fix on a line of its own. */
export function diagnosticLines(diagnostic: Diagnostic): string {
  const head = `${placeText(diagnostic.place)} ${diagnostic.code} ${diagnostic.severity}: ${diagnostic.message}`;
  return diagnostic.fix === undefined ? head : `${head}\n  ${diagnostic.fix}`;
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((diagnostic) => diagnostic.severity === 'error');
