/** The patterns that can be planted, by name. */
import type { Misconduct } from './model.ts';

export const patterns: readonly Misconduct[] = [];

export const patternOf: ReadonlyMap<string, Misconduct> = new Map(
  patterns.map((misconduct) => [misconduct.pattern, misconduct]),
);
