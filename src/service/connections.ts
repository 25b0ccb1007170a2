/**
 * How many connections are taken at once: as many as leave descriptors for what else the process opens. One that has none left
 * can open no segment of its journal, and ends with the first look at its own memory (Node 20 reads a file for that), whoever
 * took them: a connection needs no key.
 */
import { readdirSync } from 'node:fs';
import { softLimit } from '../ground/limits.ts';

/** Descriptors beside those that are open at the start: segments, what DuckDB spills, copies of a backup, folders, webhooks. */
const kept = 128;
/** Even where there are hardly any. */
const atLeast = 16;

/** Undefined where the system does not say how many there may be. */
export function mostConnections(): number | undefined {
  const soft = softLimit('open files');
  if (soft === undefined) return undefined;
  try {
    return Math.max(atLeast, soft - readdirSync('/proc/self/fd').length - kept);
  } catch {
    return undefined;
  }
}
