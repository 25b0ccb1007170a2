/**
 * Damaged inputs, made from good ones by a seeded generator: the same ones in every run. A damage is `fatal` where
 * nothing of it can be read; otherwise a byte may have been hit that changes a text and breaks nothing, which no reader
 * can know: then the record must be whole.
 */

export type Random = () => number;

/** Mulberry32: small, seeded, good enough to choose places. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Damage {
  name: string;
  fatal: boolean;
  /** Undefined where this damage can not be done to this input. */
  apply(good: string, random: Random): string | Uint8Array | undefined;
}

const below = (random: Random, limit: number): number => Math.floor(random() * limit);

/** One match of a pattern, replaced. */
function replaceOne(text: string, pattern: RegExp, random: Random, replacement: (found: string) => string) {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return undefined;
  const match = found[below(random, found.length)]!;
  return text.slice(0, match.index) + replacement(match[0]) + text.slice(match.index + match[0].length);
}

const cut: Damage = {
  name: 'cut off',
  fatal: true,
  apply: (good, random) => good.slice(0, 1 + below(random, good.trimEnd().length - 2)),
};

const badByte: Damage = {
  name: 'a byte that is no UTF-8',
  fatal: true,
  apply(good, random) {
    const bytes = Buffer.from(good);
    bytes[below(random, bytes.length)] = 0xff;
    return bytes;
  },
};

const flipped: Damage = {
  name: 'a bit flipped',
  fatal: false,
  apply(good, random) {
    const bytes = Buffer.from(good);
    bytes[below(random, bytes.length)]! ^= 1 << below(random, 8);
    return bytes;
  },
};

const shuffled: Damage = {
  name: 'a piece doubled',
  fatal: false,
  apply(good, random) {
    const start = below(random, good.length);
    const end = start + 1 + below(random, 400);
    return good.slice(0, end) + good.slice(start);
  },
};

/** Elements whose text is a number by the model. */
const numeric =
  /(?<=<(Total_number_of_items|Total_CIF|Total_weight|Number_of_packages|Item_price|Duty_tax_Base|Duty_tax_amount|Gross_weight_itm|Net_weight_itm|Total_CIF_itm|GoodsItemQuantity|TotalPackageQuantity|QuantityQuantity|InvoiceAmount[^>]*|ItemChargeAmount[^>]*|NetNetWeightMeasure[^>]*)>)[^<]+(?=<)/g;
const leaf = /(?<=<[A-Za-z_]+>)[^<>]+(?=<\/)/g;
const closing = /<\/[A-Za-z_:]+>/g;
const bomb = `<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">${[...'bcdefgh'].map((name, i) => `<!ENTITY ${name} "${`&${'abcdefg'[i]};`.repeat(10)}">`).join('')}]>`;
const root = /<(ASYCUDA|md:MetaData|MetaData)[\s>]/;

const inRoot = (good: string, what: string): string =>
  good.replace(/<\/[A-Za-z_:]+>\s*$/, (end) => what + end);

export const xmlDamages: readonly Damage[] = [
  cut,
  badByte,
  flipped,
  shuffled,
  {
    name: 'a closing tag of another name',
    fatal: true,
    apply: (good, random) => replaceOne(good, closing, random, (tag) => tag.replace('</', '</X')),
  },
  {
    name: 'a closing tag lost',
    fatal: true,
    apply: (good, random) => replaceOne(good, closing, random, () => ''),
  },
  {
    name: 'a number that is none',
    fatal: true,
    apply: (good, random) =>
      replaceOne(
        good,
        numeric,
        random,
        (text) => ['x', '1.2.3', '0x1F', '1,2', 'NaN', `${text} kg`][below(random, 6)]!,
      ),
  },
  {
    name: 'a huge number',
    fatal: true,
    apply: (good, random) =>
      replaceOne(
        good,
        numeric,
        random,
        () => ['1e999', '-1E400', '9'.repeat(400), `1${'0'.repeat(310)}`][below(random, 4)]!,
      ),
  },
  {
    name: 'an entity bomb',
    fatal: true,
    apply: (good, random) =>
      replaceOne(good, leaf, random, () => '&h;')?.replace(root, (start) => bomb + start),
  },
  {
    name: 'an external entity',
    fatal: true,
    apply: (good) => good.replace(root, (start) => `<!DOCTYPE x SYSTEM "file:///etc/passwd">${start}`),
  },
  {
    name: 'an entity nobody declared',
    fatal: true,
    apply: (good, random) => replaceOne(good, leaf, random, () => '&passwd;'),
  },
  {
    name: 'deep nesting',
    fatal: true,
    apply: (good, random) => {
      const depth = 65 + below(random, 5_000);
      return inRoot(good, '<a>'.repeat(depth) + '</a>'.repeat(depth));
    },
  },
  {
    name: 'nesting that never ends',
    fatal: true,
    apply: (good, random) => good + '<a>'.repeat(100 + below(random, 10_000)),
  },
  {
    name: 'a prototype',
    fatal: false,
    apply: (good, random) =>
      inRoot(
        good,
        ['<__proto__>x</__proto__>', '<constructor><prototype>x</prototype></constructor>'][
          below(random, 2)
        ]!,
      ),
  },
  { name: 'two roots', fatal: true, apply: (good) => `${good}<b/>` },
  {
    name: 'a zero byte',
    fatal: true,
    apply: (good, random) => replaceOne(good, leaf, random, (text) => `${text}\u0000`),
  },
  {
    name: 'an encoding declared that it is not in',
    fatal: true,
    apply: (good, random) =>
      Buffer.from(replaceOne(good, leaf, random, (text) => `${text}Zürich`) ?? '', 'latin1'),
  },
  {
    name: 'an encoding nobody knows',
    fatal: true,
    apply: (good) => `<?xml version="1.0" encoding="EBCDIC-9"?>${good.replace(/^<\?xml[^>]*>/, '')}`,
  },
  {
    name: 'UTF-16 cut in the middle of a character',
    fatal: true,
    apply: (good, random) =>
      Buffer.from(`\ufeff${good.replace(/^<\?xml[^>]*>/, '')}`, 'utf16le').subarray(
        0,
        3 + 2 * below(random, good.length - 5),
      ),
  },
  {
    name: 'an attribute given twice',
    fatal: true,
    apply: (good) => good.replace(root, (start) => start.replace(/[\s>]$/, ' a="1" a="2"$&')),
  },
  { name: 'a prefix nobody bound', fatal: true, apply: (good) => inRoot(good, '<q:x/>') },
];

/** JSON members whose values have a type by the model. */
const member =
  /"(number|hs|amount|netMass|flow|items|currency|sealCount|payable)":\s*("[^"]*"|[-\d.]+|true|false|\[)/g;

export const jsonDamages: readonly Damage[] = [
  cut,
  badByte,
  flipped,
  {
    name: 'a value of the wrong type',
    fatal: true,
    apply: (good, random) =>
      replaceOne(good, member, random, (found) => {
        const value = ['null', '{"a":1}', '[[]]', '"\\u0000"', '"\\ud83d"'][below(random, 5)]!;
        const opened = found.endsWith('[') ? ', "x": [' : '';
        return `${found.slice(0, found.indexOf(':'))}: ${value}${opened}`;
      }),
  },
  {
    name: 'a huge number',
    fatal: true,
    apply: (good, random) =>
      replaceOne(
        good,
        /(?<=:\s*)\d[\d.]*/g,
        random,
        () => ['1e999', '-1e400', '9'.repeat(400), '90071992547409921'][below(random, 4)]!,
      ),
  },
  {
    name: 'deep nesting',
    fatal: true,
    apply: (good, random) => {
      const depth = 65 + below(random, 100_000);
      return good.replace('{', `{"extra": ${'['.repeat(depth)}${']'.repeat(depth)},`);
    },
  },
  {
    name: 'a prototype',
    fatal: true,
    apply: (good, random) =>
      replaceOne(
        good,
        /\{(?=\s*")/g,
        random,
        () => ['{"__proto__": {"admin": true},', '{"\\u005f_proto__": 1,'][below(random, 2)]!,
      ),
  },
  {
    name: 'a constructor',
    fatal: true,
    apply: (good) => good.replace('{', '{"constructor": {"prototype": {"admin": true}},'),
  },
  {
    name: 'a member given twice',
    fatal: true,
    apply: (good, random) => replaceOne(good, /"(\w+)":\s*"[^"]*"/g, random, (found) => `${found}, ${found}`),
  },
  { name: 'a member too much', fatal: true, apply: (good) => good.replace('{', '{"colour": "red",') },
  {
    name: 'a comma too much',
    fatal: true,
    apply: (good, random) => replaceOne(good, /,/g, random, () => ',,'),
  },
  { name: 'two documents', fatal: true, apply: (good) => `${good} ${good}` },
];
