/** Which format the content is in, told from its beginning: file names and media types are never believed. */
import { CrosscheckError } from '../errors.ts';

export const inputFormats = ['xml', 'json', 'json-array', 'ndjson', 'csv'] as const;
export type InputFormat = (typeof inputFormats)[number];

/** `mapped`: a column mapping was given, so a text that is neither markup nor JSON is a table. Throws CC_FORMAT_UNKNOWN. */
export function formatOf(head: string, mapped: boolean): InputFormat {
  const start = head.trimStart();
  if (start.startsWith('<')) return 'xml';
  if (start.startsWith('[')) return 'json-array';
  if (start.startsWith('{')) return isNdjson(start) ? 'ndjson' : 'json';
  if (start === '') throw new CrosscheckError('CC_FORMAT_UNKNOWN', { problem: 'it is empty' });
  if (mapped) return 'csv';
  const shown = JSON.stringify(start.slice(0, 20));
  throw new CrosscheckError('CC_FORMAT_UNKNOWN', {
    problem: `it starts with ${shown}, and no mapping is given`,
  });
}

/**
 * One object a line, or one object over many lines? Lines decide: two of them that each begin an object and one of them
 * whole are records, even where another is broken.
 */
function isNdjson(start: string): boolean {
  const lines = start.split('\n', 50).map((line) => line.trim());
  const objects = lines.filter((line) => line.startsWith('{'));
  if (lines.filter((line) => line !== '').length < 2) return false;
  return objects.length > 1 && (/^\{\s*"/.test(lines[0]!) || isWhole(lines[0]!)) && objects.some(isWhole);
}

function isWhole(line: string): boolean {
  if (!line.endsWith('}')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
