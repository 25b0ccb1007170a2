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
  if (members.length > mostMembers) members = [];
  if (places > mostPlaces) forgetOrders();
  at = 0;
  top = 0;
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
  const bytes = room;
  let end = at;
  bytes[end++] = quote;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 32 || code > 126 || code === quote || code === backslash) {
      at += bytes.write(JSON.stringify(text), at);
      return;
    }
    bytes[end++] = code;
  }
  bytes[end++] = quote;
  at = end;
}

/** ASCII as it is. */
function writePlain(text: string): void {
  need(text.length);
  const bytes = room;
  const start = at;
  for (let i = 0; i < text.length; i += 1) bytes[start + i] = text.charCodeAt(i);
  at = start + text.length;
}

function writeKey(key: Uint8Array): void {
  need(key.length);
  const bytes = room;
  const start = at;
  for (let i = 0; i < key.length; i += 1) bytes[start + i] = key[i]!;
  at = start + key.length;
}

function writeArray(value: readonly unknown[]): void {
  writePlain('[');
  for (let index = 0; index < value.length; index += 1) {
    if (index > 0) writePlain(',');
    write(value[index]);
  }
  writePlain(']');
}

/** Members of the objects that are being written, each in the order in which they came; those of the innermost are last. */
let members: unknown[] = [];
let top = 0;
const mostMembers = 10_000;

function writeObject(value: Record<string, unknown>): void {
  const base = top;
  let place = root;
  // Read in the order in which they came, which V8 knows the places of; looked up by name one by one they cost half as much again.
  for (const name in value) {
    members[top++] = value[name];
    place = place.name === name ? place.first! : placeAfter(place, name);
  }
  place.order ??= sorted(Object.keys(value));
  const { from, quoted } = place.order;
  writePlain('{');
  let isFirst = true;
  for (let index = 0; index < from.length; index += 1) {
    const member = members[base + from[index]!];
    if (member === undefined) continue;
    if (!isFirst) writePlain(',');
    isFirst = false;
    writeKey(quoted[index]!);
    write(member);
  }
  top = base;
  writePlain('}');
}

/** Members in the order in which they are written: the places at which they came, and each name as it is written. */
interface Order {
  from: readonly number[];
  quoted: readonly Uint8Array[];
}

/** Names that an object has so far, and the order of its members where it has no more. */
interface Place {
  /** The name that was met next at first, which nearly always is the only one. */
  name: string | undefined;
  first: Place | undefined;
  others: Map<string, Place> | undefined;
  order: Order | undefined;
}

/**
 * Objects of one kind come with their members in one order or in few: each is sorted once, and found again by walking along
 * its names, which makes nothing. Bounded, for names can come from messages.
 */
const newPlace = (): Place => ({ name: undefined, first: undefined, others: undefined, order: undefined });
const mostPlaces = 20_000;
let root = newPlace();
let places = 0;

function forgetOrders(): void {
  root = newPlace();
  places = 0;
}

/** The place behind one that was not left by this name first. */
function placeAfter(place: Place, name: string): Place {
  const known = place.others?.get(name);
  if (known !== undefined) return known;
  const made = newPlace();
  places += 1;
  if (place.name === undefined) {
    place.name = name;
    place.first = made;
  } else {
    place.others ??= new Map();
    place.others.set(name, made);
  }
  return made;
}

function sorted(names: readonly string[]): Order {
  const from = names.map((_, place) => place).sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  return { from, quoted: from.map((place) => Buffer.from(`${JSON.stringify(names[place])}:`)) };
}
