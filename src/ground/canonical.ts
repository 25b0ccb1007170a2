/**
 * The canonical form of a JSON value and its hash: keys sorted, absent and undefined members left out, numbers as
 * JSON writes them. Equal content gives equal bytes, which is what identity, versions and replays rest on.
 *
 * Every declaration is hashed, so the form is written as bytes into room that is used again, and never is a text.
 */
import { hash } from 'node:crypto';

/** The canonical form as text. Throws TypeError at a number that JSON does not have. */
export const canonicalJson = (value: unknown): string => written(value).toString();

/** The hash of a value's canonical form, 64 hexadecimal digits. */
export const contentHash = (value: unknown): string => hash('sha256', written(value));

export const sha256 = (text: string | Uint8Array): string => hash('sha256', text);

let room = Buffer.allocUnsafeSlow(2 ** 16);
let at = 0;
/** Room beyond which it is given back, for one message can be of megabytes. */
const mostKept = 2 ** 20;

/** The form's bytes, until the next is written. */
function written(value: unknown): Buffer {
  if (room.length > mostKept) room = Buffer.allocUnsafeSlow(2 ** 16);
  at = 0;
  write(value);
  return room.subarray(0, at);
}

function need(bytes: number): void {
  if (at + bytes <= room.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(room.length * 2, at + bytes));
  room.copy(larger, 0, 0, at);
  room = larger;
}

function write(value: unknown): void {
  switch (typeof value) {
    case 'string':
      writeText(value);
      return;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
      writePlain(String(value));
      return;
    case 'undefined':
      writePlain('null');
      return;
    case 'object':
      if (value === null) writePlain('null');
      else if (Array.isArray(value)) writeArray(value);
      else writeObject(value as Record<string, unknown>);
      return;
    default:
      writePlain(JSON.stringify(value));
  }
}

const quote = 34;
const backslash = 92;
/** Bytes of a character at the most: six where it is escaped. */
const mostOfCharacter = 6;

function writeText(text: string): void {
  need(text.length * mostOfCharacter + 2);
  const start = at;
  room[at++] = quote;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 32 || code > 126 || code === quote || code === backslash) {
      at = start + room.write(JSON.stringify(text), start);
      return;
    }
    room[at++] = code;
  }
  room[at++] = quote;
}

/** ASCII as it is. */
function writePlain(text: string): void {
  need(text.length);
  for (let i = 0; i < text.length; i += 1) room[at++] = text.charCodeAt(i);
}

function writeArray(value: readonly unknown[]): void {
  writePlain('[');
  for (let index = 0; index < value.length; index += 1) {
    if (index > 0) writePlain(',');
    write(value[index]);
  }
  writePlain(']');
}

function writeObject(value: Record<string, unknown>): void {
  const { keys, quoted } = orderOf(value);
  writePlain('{');
  let first = true;
  for (let index = 0; index < keys.length; index += 1) {
    const member = value[keys[index]!];
    if (member === undefined) continue;
    if (!first) writePlain(',');
    first = false;
    const key = quoted[index]!;
    need(key.length);
    for (let i = 0; i < key.length; i += 1) room[at++] = key[i]!;
    write(member);
  }
  writePlain('}');
}

/** Members in the order in which they are written, each as it is written before its value. */
interface Order {
  keys: readonly string[];
  quoted: readonly Uint8Array[];
}

/** Members that an object has so far, and how those are written where it has no more. */
interface Place {
  next: Map<string, Place>;
  order: Order | undefined;
}

/**
 * Objects of one kind come with their members in one order or in few: each is sorted once, and found again by walking along
 * its members, which makes nothing. Bounded, for names can come from messages; what would be too many begins anew.
 */
const mostPlaces = 20_000;
const newPlace = (): Place => ({ next: new Map(), order: undefined });
let root = newPlace();
let places = 0;

function orderOf(value: Record<string, unknown>): Order {
  if (places > mostPlaces) {
    root = newPlace();
    places = 0;
  }
  let place = root;
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    let next = place.next.get(key);
    if (next === undefined) {
      next = newPlace();
      places += 1;
      place.next.set(key, next);
    }
    place = next;
  }
  place.order ??= sorted(Object.keys(value));
  return place.order;
}

function sorted(names: string[]): Order {
  const keys = names.sort();
  return { keys, quoted: keys.map((key) => Buffer.from(`${JSON.stringify(key)}:`)) };
}
