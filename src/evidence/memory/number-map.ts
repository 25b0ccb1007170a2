/**
 * Whole numbers by whole numbers, in two arrays: a million entries cost their bytes and no object, where a Map of them
 * costs several times as much and holds up every collection of garbage. Keys are not negative and exact in a double.
 */

/** What is answered for a key that is not there. */
export const notThere = -1;

export interface NumberMap {
  get(key: number): number;
  /** @param value from 0 to 2^31 - 1 */
  set(key: number, value: number): void;
  size(): number;
  bytes(): number;
}

const empty = -1;
/** Both halves of a key mixed, so that keys made of parts (./names.ts) spread. */
const hash = (key: number): number => {
  let mixed = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 2 ** 32) | 0, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
};

export function numberMap(): NumberMap {
  let places = 64;
  let keys = new Float64Array(places).fill(empty);
  let values = new Int32Array(places);
  let size = 0;

  /** Where the key stands, or would. */
  function placeOf(key: number): number {
    let place = hash(key) & (places - 1);
    while (keys[place] !== empty && keys[place] !== key) place = (place + 1) & (places - 1);
    return place;
  }

  function grow(): void {
    const [oldKeys, oldValues] = [keys, values];
    places *= 2;
    keys = new Float64Array(places).fill(empty);
    values = new Int32Array(places);
    for (let at = 0; at < oldKeys.length; at++) {
      const key = oldKeys[at]!;
      if (key === empty) continue;
      const place = placeOf(key);
      keys[place] = key;
      values[place] = oldValues[at]!;
    }
  }

  return {
    get(key) {
      if (key < 0) return notThere;
      const place = placeOf(key);
      return keys[place] === empty ? notThere : values[place]!;
    },
    set(key, value) {
      let place = placeOf(key);
      if (keys[place] === empty) {
        if (size * 2 >= places) {
          grow();
          place = placeOf(key);
        }
        keys[place] = key;
        size++;
      }
      values[place] = value;
    },
    size: () => size,
    bytes: () => keys.byteLength + values.byteLength,
  };
}
