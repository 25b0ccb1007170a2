/** Facts on the national tariff, from the reference book: lines, measures, preferences, official rates, taxes worked out. */

import { tariffDayOf } from '../declaration/form.ts';
import { major } from '../declaration/money.ts';
import { nationalCurrency, scaleOf } from '../facts/computed/amounts.ts';
import type { FactCall, FactValue } from '../facts/model.ts';
import type { Resolver } from '../facts/sources.ts';
import type { FactSubject } from '../facts/subject.ts';
import type { Found } from '../sources/tariff/book.ts';
import type { NationalTariff } from '../sources/tariff/country.ts';
import { recomputeTaxes } from '../sources/tariff/taxes.ts';

type Item = FactSubject['declaration']['items'][number];

interface Place {
  subject: FactSubject;
  item: Item;
  national: NationalTariff;
  day: string;
  found: Found | undefined;
}

type Answer = (place: Place, call: FactCall) => FactValue;

const units = (item: Item): string[] =>
  (item.supplementaryUnits ?? []).flatMap(({ code }) => (code === undefined ? [] : [code]));

/** However it is written: C640, C-640, c 640. */
const plainCode = (code: string): string => code.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');

const documents = ({ subject, item }: Place): Set<string> =>
  new Set(
    [...(item.documents ?? []), ...(subject.declaration.documents ?? [])].flatMap(({ code }) =>
      code === undefined ? [] : [plainCode(code)],
    ),
  );

/** Figures typed into a spreadsheet lose the nought of chapters 1 to 9: nine digits and less one. */
const lostNought = ({ item: { hs }, national, day }: Place): boolean =>
  hs !== undefined && hs.length % 2 === 1 && national.tariff.lookup({ hs: `0${hs}` }, day) !== undefined;

const ofFound =
  (answer: (found: Found, place: Place, call: FactCall) => FactValue): Answer =>
  (place, call) =>
    place.found === undefined ? undefined : answer(place.found, place, call);

/** Customs duty alone: other taxes fall on all goods of a heading alike. The first tax of the formulas is the duty. */
const duty = ({ national }: Place, found: Pick<Found, 'general'>): number | undefined => {
  const code = national.taxes.taxes[0]?.code;
  const rate = code === undefined ? undefined : found.general.get(code);
  return rate?.specific === undefined ? rate?.rate : undefined;
};

/** A national procedure that is not the ordinary one, or a line that is not payable. */
const claimsRelief = ({ nationalProcedure, taxes }: Item): boolean =>
  (nationalProcedure !== undefined && !/^0*$/.test(nationalProcedure.trim())) ||
  (taxes ?? []).some(({ payable }) => payable === false);

const answers: Readonly<Record<string, Answer>> = {
  'item.tariff.known': (place) => {
    const { national, found, item } = place;
    if (!national.tariff.known || item.hs === undefined) return undefined;
    return found === undefined && lostNought(place) ? undefined : found !== undefined;
  },
  'item.tariff.missingUnits': ofFound(({ line }, { item }) =>
    (line.units ?? []).filter((unit) => !units(item).includes(unit)),
  ),
  'item.tariff.otherUnits': ofFound(({ line }, { item }) =>
    line.units === undefined ? undefined : units(item).filter((unit) => !line.units!.includes(unit)),
  ),
  'item.tariff.missingDocuments': ofFound(({ measures }, place, call) => {
    const present = documents(place);
    return measures
      .filter(({ area }) => call.params.area === 'any' || (area ?? 'other') === call.params.area)
      .filter(
        ({ documents: any }) =>
          any !== undefined && any.length > 0 && !any.some((code) => present.has(plainCode(code))),
      )
      .map(({ documents: any }) => any!.join('|'));
  }),
  'item.tariff.measures': ofFound(({ measures }) => [
    ...new Set(measures.map(({ area }) => area ?? 'other')),
  ]),
  'item.tariff.preferences': ofFound(({ preferences, originUnsure }, { national }) =>
    originUnsure || !national.tariff.hasPreferences ? undefined : preferences,
  ),
  'item.tariff.additionalCodes': ofFound(({ line }) => line.precisions),
  'item.tariff.rate': (place) => (place.found === undefined ? undefined : duty(place, place.found)),
  'item.tariff.neighbourRate': (place) => {
    const { national, item, day } = place;
    if (item.hs === undefined || item.hs.length < 4) return undefined;
    const rates = national.tariff.lines(item.hs.slice(0, 4), day).flatMap(({ hs }) => {
      const found = national.tariff.lookup({ hs }, day);
      const rate = found === undefined ? undefined : duty(place, found);
      return rate === undefined ? [] : [rate];
    });
    return rates.length === 0 ? undefined : Math.max(...rates);
  },
  'item.tariff.taxGap': ({ subject, item, national, found }) => {
    if (found === undefined || found.originUnsure) return undefined;
    // Formulas without any relief say nothing of goods for which the declaration claims one.
    if (!national.taxes.taxes.some(({ relief }) => relief !== undefined) && claimsRelief(item))
      return undefined;
    const currency = nationalCurrency(subject.declaration);
    const worked = recomputeTaxes(national.taxes, national.tariff, subject.declaration, item);
    if (worked?.payable === undefined || item.taxTotal === undefined) return undefined;
    if (worked.payable.currency !== item.taxTotal.currency || item.taxTotal.currency !== currency)
      return undefined;
    const tolerance = worked.lines.reduce((sum, line) => sum + line.tolerance, 0);
    const gap = major(item.taxTotal) - major(worked.payable);
    return Math.abs(gap) <= tolerance || (gap > 0 && worked.lines.some(({ least }) => least))
      ? 0
      : Math.round(gap * scaleOf(item.taxTotal.currency)) / scaleOf(item.taxTotal.currency);
  },
};

/** Of the day whose rates apply, or of another day that the declaration states. */
function officialRate(
  declaration: FactSubject['declaration'],
  { rates }: NationalTariff,
  applies: string,
  call: FactCall,
): number | undefined {
  const currency = declaration.valuation?.invoice?.foreign?.currency;
  const days: Record<string, string | undefined> = {
    acceptance: applies,
    lodgement: declaration.lodgedAt?.slice(0, 10),
    registration: declaration.registration?.date,
    assessment: declaration.assessment?.date,
  };
  const day = days[String(call.params.day)];
  return currency === undefined || day === undefined ? undefined : rates.official(currency, day);
}

/** @param tariffOf the tariff of a country as it was known at a check of the instant; undefined where there is none. */
export function tariffResolver(
  tariffOf: (country: string | undefined, asOf: string) => NationalTariff | undefined,
): Resolver {
  return (batch, calls) => {
    for (const subject of batch) {
      const { declaration, sheet, recordedAt } = subject;
      const national = tariffOf(declaration.country, recordedAt);
      const day = tariffDayOf(declaration);
      if (national === undefined || day === undefined) continue;
      for (const call of calls.declaration)
        sheet.calls![call.key] = officialRate(declaration, national, day, call);
      if (calls.item.length === 0) continue;
      for (const [index, item] of declaration.items.entries()) {
        const origin = item.preferentialOrigin ?? item.origin ?? declaration.countries?.origin;
        const { hs, precisions, procedure, preference } = item;
        const found =
          hs === undefined
            ? undefined
            : national.tariff.lookup(
                { hs, precisions, origin, procedure, preference, flow: declaration.flow },
                day,
              );
        const place: Place = { subject, item, national, day, found };
        for (const call of calls.item) sheet.itemCalls![index]![call.key] = answers[call.fact]!(place, call);
      }
    }
  };
}
