/** Requests that somebody might send by mistake or on purpose: examples, mutated. The same seed gives the same requests. */
import type { InjectOptions } from 'fastify';
import type { RouteRequest } from './requests.ts';
import { inject } from './requests.ts';

export interface Dice {
  /** An integer from 0 to below `n`. */
  below(n: number): number;
  pick<T>(from: readonly T[]): T;
}

/** mulberry32: small, fast, and the same everywhere. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { below, pick: (from) => from[below(from.length)]! };
}

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Values that programs stumble over. */
const values: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e-308,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  ' ',
  '0',
  'null',
  'a'.repeat(10_000),
  '\u0000',
  '\ud800',
  '\u202e\u0627\u0644',
  "'; DROP TABLE check; --",
  '{{7*7}}',
  '../../../../secret.key',
  '%00',
  '__proto__',
  'constructor',
  '2026-02-31',
  '2026-13-01T25:61:00Z',
  '9999-12-31T23:59:59+14:00',
  '-2026-01-01',
  [],
  {},
  [[]],
  { toString: 1 },
  { $ne: null },
  JSON.parse('{"__proto__":{"admin":true}}'),
  Array.from({ length: 2_000 }, (_, n) => n),
];

const texts = values.filter((value): value is string => typeof value === 'string');

/** One place of a value changed, dropped, doubled or added to; what was given stays as it is. */
function mutated(value: unknown, roll: Dice): unknown {
  if (typeof value !== 'object' || value === null || roll.below(5) === 0) return roll.pick(values);
  if (Array.isArray(value)) {
    if (value.length === 0) return [roll.pick(values)];
    const at = roll.below(value.length);
    const change = roll.below(4);
    if (change === 0) return value.filter((_, index) => index !== at);
    if (change === 1) return [...value, value[at]];
    return value.map((each, index) => (index === at ? mutated(each, roll) : each));
  }
  const keys = Object.keys(value);
  const changed: Record<string, unknown> = { ...value };
  const key = roll.pick([...keys, 'extra']);
  switch (roll.below(6)) {
    case 0:
      delete changed[key];
      break;
    case 1:
      changed[roll.pick([...texts.filter((text) => text.length < 50), 'id', 'kind'])] = roll.pick(values);
      break;
    default:
      changed[key] = mutated(changed[key], roll);
  }
  return changed;
}

/** Text that is no longer what it was: cut, with a byte changed, doubled, or deep. */
function garbled(text: string, roll: Dice): string | Buffer {
  const at = roll.below(text.length + 1);
  switch (roll.below(6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + roll.pick(texts) + text.slice(at);
    case 2:
      return text + text;
    case 3:
      return deep(roll.pick([10, 1_000, 100_000]));
    case 4: {
      const bytes = Buffer.from(text);
      if (bytes.length > 0) bytes[roll.below(bytes.length)] = roll.below(256);
      return bytes;
    }
    default:
      return Buffer.from(Array.from({ length: roll.below(400) }, () => roll.below(256)));
  }
}

const contentTypes = [
  'application/json',
  'application/json; charset=utf-16',
  'application/xml',
  'application/x-ndjson',
  'text/csv',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'nonsense',
  '',
];
const odd: readonly (readonly [string, string])[] = [
  ['authorization', 'Bearer '],
  ['authorization', 'Bearer ck_000000000000000000_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
  ['authorization', `Bearer ${'x'.repeat(5_000)}`],
  ['authorization', 'Basic YTpi'],
  ['last-event-id', '-1'],
  ['last-event-id', '9'.repeat(40)],
  ['content-length', '5'],
  ['accept', 'image/png'],
  ['idempotency-key', 'x'.repeat(2_000)],
  ['idempotency-key', 'é\u0001'],
  ['if-match', '*'],
  ['x-http-method-override', 'DELETE'],
];

/** A request of the route with one to three things wrong, or none. */
export function mutatedRequest(
  request: RouteRequest,
  headers: Record<string, string>,
  roll: Dice,
): InjectOptions {
  let { params, query, body, contentType } = request;
  let raw: string | Buffer | undefined;
  const also: Record<string, string> = { ...headers };
  let url: string | undefined;
  for (let changes = roll.below(3) + 1; changes > 0; changes -= 1) {
    switch (roll.below(8)) {
      case 0:
        query = {
          ...query,
          [roll.pick([...Object.keys(query), 'limit', 'cursor', 'sort', 'by', 'where', 'x'])]:
            roll.pick(values),
        };
        break;
      case 1:
        if (Object.keys(params).length > 0) {
          params = { ...params, [roll.pick(Object.keys(params))]: String(roll.pick(texts)) };
        }
        break;
      case 2:
        contentType = roll.pick(contentTypes);
        break;
      case 3: {
        const [name, value] = roll.pick(odd);
        also[name] = value;
        break;
      }
      case 4:
        raw = garbled(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''), roll);
        break;
      case 5:
        url = roll.pick(['%', '%zz', '//', '?', '?&&=&', '#', '?%ff=%fe', '/..', '?cursor=%00', ';a=b']);
        break;
      default:
        if (body !== undefined) body = mutated(body, roll);
    }
  }
  const made = inject(
    { ...request, params: safe(params) as Record<string, string>, query: safe(query), body },
    also,
  );
  return {
    ...made,
    url: `${made.url as string}${url ?? ''}`,
    headers: { ...made.headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    ...(raw === undefined ? {} : { payload: raw }),
  };
}

/** Lone surrogates cannot be written in an address at all, and an object is none of its parts. */
const safe = (named: Readonly<Record<string, unknown>>): Record<string, string | string[]> => {
  const text = (value: unknown): string =>
    Buffer.from(typeof value === 'object' ? JSON.stringify(value) : String(value)).toString('utf8');
  return Object.fromEntries(
    Object.entries(named).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(text) : text(value),
    ]),
  );
};
