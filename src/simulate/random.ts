/**
 * Seeded random numbers for the simulator: sfc32 (Chris Doty-Humphrey, PractRand) behind the few draws that are needed.
 * A stream is named by its seed and labels, so that every declaration and every planted misconduct draws from a stream
 * of its own: planting one pattern leaves all others, and every clean declaration, as they were.
 */

/** Four 32-bit words from a text (cyrb128 by bryc, public domain): the state of a stream. */
function words(text: string): [number, number, number, number] {
  let a = 1779033703;
  let b = 3144134277;
  let c = 1013904242;
  let d = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ k, 597399067);
    b = c ^ Math.imul(b ^ k, 2869860233);
    c = d ^ Math.imul(c ^ k, 951274213);
    d = a ^ Math.imul(d ^ k, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a];
}

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  private constructor(seed: string) {
    [this.#a, this.#b, this.#c, this.#d] = words(seed);
    for (let i = 0; i < 12; i++) this.uniform();
  }

  /** The stream of this name: equal labels give equal numbers. */
  static of(...labels: (string | number)[]): Random {
    return new Random(labels.join('\u001f'));
  }

  /** In [0, 1), 32 bits. */
  uniform(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return (t >>> 0) / 4294967296;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** In [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Whole, in [low, high], both included. */
  integer(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.uniform());
  }

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(values.length * this.uniform())] as T;
  }

  /** One of the values, with probability in proportion to its weight. */
  weighted<T>(values: readonly T[], weight: (value: T) => number): T {
    let total = 0;
    for (const value of values) total += weight(value);
    let rest = total * this.uniform();
    for (const value of values) {
      rest -= weight(value);
      if (rest < 0) return value;
    }
    return values[values.length - 1] as T;
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** With this median; `spread` is the standard deviation of the logarithm. */
  lognormal(median: number, spread: number): number {
    return median * Math.exp(spread * this.normal());
  }

  /** By Knuth's product below 30, above it from the rounded normal, which is close enough for daily arrivals. */
  poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count++;
    return count;
  }

  /** A sample of `count` different values, in random order. */
  sample<T>(values: readonly T[], count: number): T[] {
    const rest = [...values];
    const taken: T[] = [];
    while (taken.length < count && rest.length > 0) {
      taken.push(rest.splice(Math.floor(rest.length * this.uniform()), 1)[0] as T);
    }
    return taken;
  }
}
