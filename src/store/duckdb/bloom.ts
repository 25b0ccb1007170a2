/**
 * A Bloom filter that grows: what outgrows a layer goes into a further one of twice its room (Almeida et al., "Scalable Bloom
 * Filters", 2007). Holds no values: who asks tells the places of one (`placesOf`). From three to six bytes a value.
 */
import { hash } from 'node:crypto';

/** Words of a value's SHA-256, of which each is a bit in every layer. */
export const probes = 6;
/**
 * Bits of one value. With so much room for each, a full layer takes one absent value in 8,000 for present; in a rush each
 * statement that asks for it holds up all that are committed with it.
 */
const bitsPerValue = 24;
/** 32 KiB: the fewer layers there are, the seldomer one of them errs. */
const fewestBits = 2 ** 18;
/** 64 MiB; DuckDB gathers no more than a billion bits. Beyond 22 million values in it a layer errs more often. */
const mostBits = 2 ** 29;

interface Layer {
  bits: Uint8Array;
  /** Values that changed a bit, which is about how many different ones there are. */
  values: number;
}
/** The last takes what is new. */
export type Filter = Layer[];

const empty = (bits: number): Layer => ({ bits: new Uint8Array(bits / 8), values: 0 });

export const newFilter = (): Filter => [empty(fewestBits)];

/** An empty layer with room for so many values. */
export const layerFor = (values: number): Layer =>
  empty(Math.min(mostBits, Math.max(fewestBits, 2 ** Math.ceil(Math.log2(values * bitsPerValue + 1)))));

/** A value is mostly asked for and then written, in one table and the next. */
const lately = new Map<string, readonly number[]>();
const mostLately = 8_192;

/** The words, as bytes in a text, from which numbers come fastest. */
export function placesOf(value: string): readonly number[] {
  const known = lately.get(value);
  if (known !== undefined) return known;
  const digest = hash('sha256', value, 'binary');
  const places = [
    word(digest, 0),
    word(digest, 4),
    word(digest, 8),
    word(digest, 12),
    word(digest, 16),
    word(digest, 20),
  ];
  if (lately.size >= mostLately) lately.clear();
  lately.set(value, places);
  return places;
}

const word = (digest: string, at: number): number =>
  digest.charCodeAt(at) * 2 ** 24 +
  ((digest.charCodeAt(at + 1) << 16) | (digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3));

/** True of every value that was put in, and of few others. */
export const mayHold = (filter: Filter, places: readonly number[]): boolean =>
  filter.some((layer) => holds(layer, places));

function holds({ bits }: Layer, places: readonly number[]): boolean {
  const mask = bits.length * 8 - 1;
  return places.every((word) => (bits[(word & mask) >> 3]! & (128 >> (word & 7))) !== 0);
}

export function put(filter: Filter, places: readonly number[]): void {
  if (mayHold(filter, places)) return;
  let layer = filter.at(-1)!;
  const room = layer.bits.length * 8;
  if ((layer.values + 1) * bitsPerValue > room && room < mostBits) {
    layer = empty(room * 2);
    filter.push(layer);
  }
  const mask = layer.bits.length * 8 - 1;
  for (const word of places) layer.bits[(word & mask) >> 3]! |= 128 >> (word & 7);
  layer.values += 1;
}
