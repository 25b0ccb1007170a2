/**
 * The canonical form of a JSON value and its hash: keys sorted, absent and undefined members left out, numbers as
 * JSON writes them. Equal content gives equal bytes, which is what identity, versions and replays rest on.
 */
import { createHash } from 'node:crypto';

export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
      return String(value);
    case 'undefined':
      return 'null';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, unknown>);
    default:
      return JSON.stringify(value);
  }
}

function canonicalArray(value: readonly unknown[]): string {
  if (value.length === 0) return '[]';
  let text = `[${canonicalJson(value[0])}`;
  for (let index = 1; index < value.length; index += 1) text += `,${canonicalJson(value[index])}`;
  return `${text}]`;
}

function canonicalObject(value: Record<string, unknown>): string {
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Members have few names: each is quoted once. The table is bounded, for names can come from messages. */
const quotedNames = new Map<string, string>();

function quoted(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const text = JSON.stringify(name);
  if (quotedNames.size < 2_000) quotedNames.set(name, text);
  return text;
}

export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** The hash of a value's canonical form, 64 hexadecimal digits. */
export const contentHash = (value: unknown): string => sha256(canonicalJson(value));
