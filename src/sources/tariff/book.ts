/**
 * The national tariff and official rates as of a day: which line a code is, what is due on goods of an origin under a
 * procedure, which documents and agencies they need. Pure, over the dated book of reference records.
 */
import type { ReferenceBook, ReferenceRecord } from '../reference/book.ts';

export type TariffLine = ReferenceRecord<'tariff-line'>;
export type TariffRate = ReferenceRecord<'tariff-rate'>;
export type TariffMeasure = ReferenceRecord<'tariff-measure'>;

export interface Goods {
  /** Commodity code, with precisions or without. */
  hs: string;
  /** National precisions in their order: a tariff may write them as the last digits of its lines. */
  precisions?: readonly string[] | undefined;
  origin?: string | undefined;
  /** Requested and previous, 4 digits. */
  procedure?: string | undefined;
  preference?: string | undefined;
  flow?: string | undefined;
}

export interface Found {
  line: TariffLine;
  /** What holds for these goods, by tax. */
  rates: ReadonlyMap<string, TariffRate>;
  /** What would hold without a preference. */
  general: ReadonlyMap<string, TariffRate>;
  /** Preference codes that exist for the code and origin. */
  preferences: string[];
  /** True where the preference that was claimed exists for code and origin; undefined where none was claimed. */
  preferenceHolds?: boolean;
  /** True where a rate of these goods names a group of countries whose members are not known: it may be theirs or not. */
  originUnsure: boolean;
  measures: TariffMeasure[];
}

export interface TariffBook {
  /** Whether there is a tariff at all; without one nothing is known to be outside it. */
  readonly known: boolean;
  /** Whether rates by agreement were loaded at all, of whatever goods. */
  readonly hasPreferences: boolean;
  /** Undefined where the code is not in the tariff on that day. */
  lookup(goods: Goods, day: string): Found | undefined;
  /** Lines that share the first digits. */
  lines(prefix: string, day: string): TariffLine[];
}

export interface RateBook {
  readonly known: boolean;
  /**
   * National major units for one unit of the currency on the day, as officially fixed; undefined where no rate holds. A
   * currency that was redenominated since its last rate is followed through the change.
   */
  official(currency: string, day: string): number | undefined;
  /** What an amount of an old currency is in the one that replaced it by the day. */
  redenominated(amount: number, currency: string, day: string): { amount: number; currency: string };
}

/** Groups of countries that rates and measures may name in place of one country. */
export type Groups = Readonly<Record<string, readonly string[]>>;

export function openTariff(book: ReferenceBook, groups: Groups = {}): TariffBook {
  const days = new Map<string, Day>();
  const dayOf = (day: string): Day => {
    let found = days.get(day);
    if (found === undefined) {
      // A year of days, each with the whole tariff, is not kept; checks come in order of day.
      if (days.size >= 8) days.delete(days.keys().next().value!);
      found = indexed(book, day);
      days.set(day, found);
    }
    return found;
  };
  const reaches = (place: string, origin: string | undefined): boolean =>
    origin !== undefined && (place === origin || (groups[place]?.includes(origin) ?? false));
  const begins = (codes: readonly string[] | undefined, text: string | undefined): boolean =>
    codes === undefined || (text !== undefined && codes.some((code) => text.startsWith(code)));

  return {
    known: book.has('tariff-line'),
    hasPreferences: book.all('tariff-rate').some(({ preference }) => preference !== undefined),
    lines: (prefix, day) => dayOf(day).lines.filter(({ hs }) => hs.startsWith(prefix)),
    lookup(goods, day) {
      const { byCode, rates, measures } = dayOf(day);
      const line = lineOf(byCode, withPrecisions(goods)) ?? lineOf(byCode, goods.hs);
      if (line === undefined) return undefined;
      const underProcedure = prefixed(rates, line.hs).filter(
        (rate) => rate.procedure === undefined || (goods.procedure?.startsWith(rate.procedure) ?? false),
      );
      const here = underProcedure.filter(
        (rate) => rate.origin === undefined || reaches(rate.origin, goods.origin),
      );
      const preferences = [
        ...new Set(here.flatMap(({ preference }) => (preference === undefined ? [] : [preference]))),
      ];
      const general = best(here.filter(({ preference }) => preference === undefined));
      const claimed = here.filter(
        ({ preference }) => preference !== undefined && preference === goods.preference,
      );
      return {
        line,
        general,
        rates: new Map([...general, ...best(claimed)]),
        preferences,
        ...(goods.preference === undefined ? {} : { preferenceHolds: claimed.length > 0 }),
        originUnsure: underProcedure.some(
          ({ origin }) => origin !== undefined && origin.length !== 2 && groups[origin] === undefined,
        ),
        measures: prefixed(measures, line.hs).filter(
          (measure) =>
            (measure.flow === undefined || measure.flow === goods.flow) &&
            (measure.origins === undefined ||
              measure.origins.some((place) => reaches(place, goods.origin))) &&
            begins(measure.procedures, goods.procedure),
        ),
      };
    },
  };
}

interface Day {
  lines: TariffLine[];
  byCode: ReadonlyMap<string, TariffLine>;
  /** By the first digits they name. */
  rates: ReadonlyMap<string, TariffRate[]>;
  measures: ReadonlyMap<string, TariffMeasure[]>;
}

function indexed(book: ReferenceBook, day: string): Day {
  const lines = book.every('tariff-line', day);
  const by = <T extends { hs: string }>(list: readonly T[]): Map<string, T[]> => {
    const map = new Map<string, T[]>();
    for (const each of list) map.set(each.hs, [...(map.get(each.hs) ?? []), each]);
    return map;
  };
  return {
    lines,
    byCode: new Map(lines.map((line) => [line.hs, line])),
    rates: by(book.every('tariff-rate', day)),
    measures: by(book.every('tariff-measure', day)),
  };
}

const withPrecisions = ({ hs, precisions = [] }: Goods): string =>
  hs + precisions.filter((one) => /^\d+$/.test(one)).join('');

/** A code as declared may be longer than the line, by a trader's own digits, or end before its last zeros. */
function lineOf(byCode: Day['byCode'], hs: string): TariffLine | undefined {
  for (let length = Math.min(hs.length, 12); length >= 8; length--) {
    const found = byCode.get(hs.slice(0, length));
    if (found !== undefined) return found;
  }
  for (let length = hs.length + 1; length <= 12; length++) {
    const found = byCode.get(hs.padEnd(length, '0'));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Records whose digits begin the code, shortest first. */
const prefixed = <T>(map: ReadonlyMap<string, T[]>, hs: string): T[] => {
  const found: T[] = [];
  for (let length = 2; length <= hs.length; length++) found.push(...(map.get(hs.slice(0, length)) ?? []));
  return found;
};

/** Of several rates of a tax the more particular: by procedure, then by code, then by origin. */
function best(rates: readonly TariffRate[]): Map<string, TariffRate> {
  const particular = (rate: TariffRate): number =>
    (rate.procedure?.length ?? 0) * 1000 + rate.hs.length * 10 + (rate.origin === undefined ? 0 : 1);
  const chosen = new Map<string, TariffRate>();
  for (const rate of rates) {
    const held = chosen.get(rate.tax);
    if (held === undefined || particular(held) <= particular(rate)) chosen.set(rate.tax, rate);
  }
  return chosen;
}

export function openRates(book: ReferenceBook, national: string): RateBook {
  const changes = (currency: string, day: string) =>
    book.every('redenomination', day).find((change) => change.old === currency);
  const rates: RateBook = {
    known: book.has('exchange-rate'),
    official(currency, day) {
      if (currency === national) return 1;
      const rate = book.asOf('exchange-rate', currency, day);
      if (rate !== undefined) return rate.rate / (rate.per ?? 1);
      // No rate of the old currency any more: so many of it are one of the new.
      const change = changes(currency, day);
      const of = change === undefined ? undefined : rates.official(change.new, day);
      return of === undefined ? undefined : of / change!.factor;
    },
    redenominated(amount, currency, day) {
      const seen = new Set<string>();
      let held = { amount, currency };
      for (let change = changes(currency, day); change !== undefined && !seen.has(change.old); ) {
        seen.add(change.old);
        held = { amount: held.amount / change.factor, currency: change.new };
        change = changes(held.currency, day);
      }
      return held;
    },
  };
  return rates;
}
