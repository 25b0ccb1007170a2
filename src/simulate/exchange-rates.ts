/** What a unit of a foreign currency is worth, week by week: a walk of its own for each currency. */
import { Random } from './random.ts';
import { currencies } from './tariff.ts';

/** National units for one unit of a foreign currency on a day; rates change on Mondays. */
export type RateOn = (currency: string, dayIndex: number) => number;

export function exchangeRates(seed: string, start: number): RateOn {
  const weeks = new Map<string, number[]>();
  return (code, dayIndex) => {
    const currency = currencies.find((each) => each.code === code) ?? currencies[0];
    let rates = weeks.get(currency.code);
    if (rates === undefined) {
      rates = [currency.rate];
      weeks.set(currency.code, rates);
    }
    // Mondays: day 4 of 1970 was one.
    const week = Math.max(0, Math.floor((dayIndex - 4) / 7) - Math.floor((start - 4) / 7));
    while (rates.length <= week) {
      const random = Random.of(seed, 'rate', currency.code, rates.length);
      const last = rates[rates.length - 1]!;
      rates.push(Math.round(last * (1 + currency.drift * random.normal()) * 10_000) / 10_000);
    }
    return rates[week]!;
  };
}
