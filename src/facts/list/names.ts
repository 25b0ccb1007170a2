/**
 * How alike two names are written, from 0 to 1, and why. Names are cut into words without accents, punctuation and legal
 * forms, Cyrillic and Greek in Latin letters (other scripts as they are: a list gives aliases for them); each word of the one is paired with its most similar word of the other (Jaro-Winkler), and the similarities are
 * averaged by length over the longer name, so that "ACME" is not "ACME TRADING SHIPPING".
 */

/** Legal forms say nothing about who it is, nor do words that join others. */
const formalWords: ReadonlySet<string> = new Set(
  [
    'LTD LIMITED LTEE LLC LLP PLC INC INCORPORATED CORP CORPORATION CO COMPANY CIE PVT PTE PTY JSC PJSC OJSC CJSC',
    'SA SARL SAS SASU EURL SNC SPRL BVBA SRL SPA SAC EIRL GMBH AG KG SE BV NV CV OY OYJ AB ASA APS OU LDA LTDA SL',
    'SRO KFT AD DOO DD EOOD OOD SHPK STI OOO ZAO OAO PAO AO TOV FZE FZC FZCO WLL SAL SAOG SAOC EST PT TBK SDN BHD',
    'AND ET UND Y THE',
  ]
    .join(' ')
    .split(' '),
);

/** Letters that lose no mark when they are taken apart, and the scripts that are written letter by letter in Latin ones. */
const latin = new Map<string, string>([
  ...pairs('ŁL ØO ĐD ÞTH ÆAE ŒOE ƏE'),
  ...pairs(
    'АA БB ВV ГG ҐG ДD ЕE ЄYE ЖZH ЗZ ИI ІI КK ЛL МM НN ОO ПP РR СS ТT УU ФF ХKH ЦTS ЧCH ШSH ЩSHCH ЪЪ ЫY ЬЬ ЭE ЮYU ЯYA ЂDJ ЈJ ЉLJ ЊNJ ЋC ЏDZ',
  ),
  ...pairs('ΑA ΒV ΓG ΔD ΕE ΖZ ΗI ΘTH ΙI ΚK ΛL ΜM ΝN ΞX ΟO ΠP ΡR ΣS ΤT ΥY ΦF ΧCH ΨPS ΩO'),
  ['Ъ', ''],
  ['Ь', ''],
]);

function pairs(text: string): [string, string][] {
  return text.split(' ').map((pair) => [pair[0]!, pair.slice(1)]);
}

export function wordsOf(name: string): string[] {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/\P{ASCII}/gu, (letter) => latin.get(letter) ?? letter)
    // A.B.C. is ABC
    .replace(/(?<=\b\p{L})\.(?=\p{L}\b|\s|$)/gu, '')
    .replace(/\bSP\.? Z ?OO\b/u, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const telling = words.filter((word) => !formalWords.has(word));
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

/** Ä is written AE by some, and A by others. */
const withoutUmlauts = (word: string): string => word.replace(/([AOU])E/g, '$1');

/** Winkler's bonus for a common beginning of up to four letters. */
export function wordSimilarity(a: string, b: string): number {
  if (withoutUmlauts(a) === withoutUmlauts(b)) return 1;
  const base = jaro(a, b);
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++;
  return base < 0.7 ? base : base + prefix * 0.1 * (1 - base);
}

/** Below this two words are different words, whatever letters they share. */
const sameWord = 0.85;
/** One letter in so few makes another word as often as a slip of the pen: Iran and Iraq. Alike, they count half. */
const shortWord = 4;

export interface Likeness {
  /** 0 to 1. */
  score: number;
  /** Pairs of words that count as the same. */
  pairs: [string, string][];
}

export function likeness(a: readonly string[], b: readonly string[]): Likeness {
  const whole = a.join('');
  // Cut into words otherwise: Data Tech is DataTech.
  if (whole !== '' && whole === b.join('')) return { score: 1, pairs: a.map((word) => [word, word]) };
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
    const surely = best === 1 || Math.min(word.length, shorter[at]!.length) > shortWord;
    weighted += (surely ? best : best / 2) * word.length;
  }
  return { score: weight === 0 ? 0 : weighted / weight, pairs };
}
