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
  const order = orderOf(Object.keys(value));
  let text = '';
  for (let at = 0; at < order.keys.length; at += 1) {
    const member = value[order.keys[at]!];
    if (member === undefined) continue;
    text += text === '' ? order.quoted[at] : `,${order.quoted[at]}`;
    text += canonicalJson(member);
  }
  return `{${text}}`;
}

/** Members in the order in which they are written, each as it is written before its value. */
interface Order {
  given: readonly string[];
  keys: readonly string[];
  quoted: readonly string[];
}

/**
 * Objects of one kind come with their members in one order or in few: each is sorted once. By the first member; bounded,
 * for names can come from messages.
 */
const orders = new Map<string, Order[]>();
const mostFirst = 500;
const mostOfFirst = 16;

function orderOf(given: readonly string[]): Order {
  const first = given[0] ?? '';
  const known = orders.get(first);
  const found = known?.find((order) => isSame(order.given, given));
  if (found !== undefined) return found;
  const keys = [...given].sort();
  const made: Order = { given, keys, quoted: keys.map((key) => `${JSON.stringify(key)}:`) };
  if (known === undefined) {
    if (orders.size < mostFirst) orders.set(first, [made]);
  } else if (known.length < mostOfFirst) known.push(made);
  return made;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** The hash of a value's canonical form, 64 hexadecimal digits. */
export const contentHash = (value: unknown): string => sha256(canonicalJson(value));
