/**
 * How alike two names are written, from 0 to 1, and why. Names are cut into words without accents, punctuation and legal
 * forms; each word of the one is paired with its most similar word of the other (Jaro-Winkler), and the similarities are
 * averaged by length over the longer name, so that "ACME" is not "ACME TRADING SHIPPING".
 */

/** Legal forms say nothing about who it is. */
const legalForms: ReadonlySet<string> = new Set(
  'LTD LIMITED LLC LLP PLC INC INCORPORATED CORP CORPORATION CO COMPANY SA SARL SAS SRL SPA GMBH AG KG BV NV OY AB AS PVT PTE PTY FZE FZC FZCO EST SHPK DOO AD LDA LTDA'.split(
    ' ',
  ),
);

export function wordsOf(name: string): string[] {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    // A.B.C. is ABC
    .replace(/(?<=\b\p{L})\.(?=\p{L}\b|\s|$)/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const telling = words.filter((word) => !legalForms.has(word));
  return telling.length > 0 ? telling : words;
}

/** Jaro's similarity: common letters within half the longer word, less transpositions. */
function jaro(a: string, b: string): number {
  if (a === b) return 1;
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Array<boolean>(b.length).fill(false);
  const matchedA: string[] = [];
  for (let i = 0; i < a.length; i++)
    for (let j = Math.max(0, i - reach); j <= Math.min(b.length - 1, i + reach); j++)
      if (!taken[j] && a[i] === b[j]) {
        taken[j] = true;
        matchedA.push(a[i]!);
        break;
      }
  const common = matchedA.length;
  if (common === 0) return 0;
  let swapped = 0;
  let index = 0;
  for (let j = 0; j < b.length; j++) if (taken[j] && b[j] !== matchedA[index++]) swapped++;
  return (common / a.length + common / b.length + (common - swapped / 2) / common) / 3;
}

/** Winkler's bonus for a common beginning of up to four letters. */
export function wordSimilarity(a: string, b: string): number {
  const base = jaro(a, b);
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++;
  return base < 0.7 ? base : base + prefix * 0.1 * (1 - base);
}

/** Below this two words are different words, whatever letters they share. */
const sameWord = 0.85;

export interface Likeness {
  /** 0 to 1. */
  score: number;
  /** Pairs of words that count as the same. */
  pairs: [string, string][];
}

export function likeness(a: readonly string[], b: readonly string[]): Likeness {
  const [longer, shorter] = a.join('').length >= b.join('').length ? [a, b] : [b, a];
  const left = new Set(shorter.keys());
  const pairs: [string, string][] = [];
  let weighted = 0;
  let weight = 0;
  for (const word of longer) {
    let best = 0;
    let at = -1;
    for (const index of left) {
      const similarity = wordSimilarity(word, shorter[index]!);
      if (similarity > best) [best, at] = [similarity, index];
    }
    weight += word.length;
    if (best < sameWord) continue;
    left.delete(at);
    pairs.push([word, shorter[at]!]);
    weighted += best * word.length;
  }
  return { score: weight === 0 ? 0 : weighted / weight, pairs };
}
