/** Answers as they leave: JSON in UTF-8, made with as little copying as thousands a second want. */
import type { Hole } from '../check/holes.ts';
import type { CheckAnswer } from './answer.ts';

const toldAsBytes = new WeakMap<readonly Hole[], Buffer>();

/**
 * The answer as JSON in UTF-8. Nine tenths of it is what could not be evaluated, the same list for thousands, so that its
 * bytes are made once.
 */
export function answerBytes({ notEvaluated, ...rest }: CheckAnswer): Buffer {
  let told = toldAsBytes.get(notEvaluated);
  if (told === undefined) {
    told = Buffer.from(`,"notEvaluated":${JSON.stringify(notEvaluated)}}`);
    toldAsBytes.set(notEvaluated, told);
  }
  const own = JSON.stringify(rest);
  const bytes = room(own.length * mostBytesOfCharacter + told.length);
  // Over the brace that closes it.
  const end = bytes.write(own) - 1;
  return take(end + told.copy(bytes, end));
}

/** Answers are cut out of a large buffer one after the other: a buffer of its own for each costs more than what is written. */
const slabSize = 2 ** 20;
const mostBytesOfCharacter = 3;
let slab = Buffer.alloc(0);

function room(size: number): Buffer {
  if (slab.length < size) slab = Buffer.allocUnsafeSlow(Math.max(size, slabSize));
  return slab;
}

function take(size: number): Buffer {
  const taken = slab.subarray(0, size);
  slab = slab.subarray(size);
  return taken;
}
