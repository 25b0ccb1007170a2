/**
 * The formulas of country profiles against tax lines that real systems printed. Of the samples only the tax
 * notifications of UK CDS carry any: the two exports of ASYCUDA World have 952 empty lines each, Korea prints rates alone.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countryProfile } from '../../src/declaration/country-profile.ts';
import type { Declaration, Item, TaxLine } from '../../src/declaration/declaration.ts';
import { decodeText, openInput } from '../../src/intake/input.ts';
import { defaultLimits } from '../../src/intake/limits.ts';
import { read } from '../../src/intake/read.ts';
import { at, child, children, parseXml, type XmlElement } from '../../src/intake/xml.ts';
import { compileTaxes } from '../../src/sources/tariff/formulas.ts';
import { reproduceTaxes } from '../../src/sources/tariff/taxes.ts';
import { samples } from '../samples.ts';

const taxes = compileTaxes(countryProfile('GB'));
const filesIn = (folder: string, name: RegExp): string[] =>
  samples === undefined
    ? []
    : readdirSync(join(samples, folder), { recursive: true, encoding: 'utf8' })
        .filter((each) => name.test(each))
        .sort()
        .map((each) => join(samples!, folder, each));

/** A line as printed, in pence. */
interface Printed {
  code: string;
  base: number;
  rate: number;
  /** Forgiven or paid before. */
  deducted: number;
  assessed: number;
}

const pence = (element: XmlElement | undefined, path: string): number | undefined => {
  const text = at(element, path)?.text.trim();
  return text === undefined || text === '' ? undefined : Math.round(Number(text) * 100);
};

async function itemsOf(file: string): Promise<Printed[][]> {
  const opened = await openInput(readFileSync(file));
  const root = await parseXml(decodeText(opened.bytes, opened.encoding), defaultLimits);
  const items: XmlElement[] = [];
  const walk = (element: XmlElement) => {
    if (element.key === 'governmentagencygoodsitem') items.push(element);
    element.children.forEach(walk);
  };
  walk(root);
  return items.map((item) =>
    children(child(item, 'commodity'), 'dutytaxfee').flatMap((line): Printed[] => {
      const [base, rate, assessed] = [
        pence(line, 'advaloremtaxbaseamount'),
        at(line, 'taxratenumeric')?.text.trim(),
        pence(line, 'payment/taxassessedamount'),
      ];
      if (base === undefined || rate === undefined || assessed === undefined) return [];
      const code = child(line, 'typecode')!.text.trim();
      return [{ code, base, rate: Number(rate), deducted: pence(line, 'deductamount') ?? 0, assessed }];
    }),
  );
}

const itemWith = (cif: number, lines: readonly Printed[]): [Declaration, Item] => {
  const item: Item = {
    number: 1,
    cif: { amount: cif, currency: 'GBP' },
    taxes: lines.map(({ code, rate }): TaxLine => ({ code, rate, rateKind: 'percent' })),
  };
  return [{ format: 'wco-dm', flow: 'import', currency: 'GBP', items: [item] }, item];
};

describe.skipIf(samples === undefined)('tax lines of the samples', () => {
  it('of UK CDS: every amount follows from base and rate, but for four lines that were relieved', async () => {
    let same = 0;
    const others: string[] = [];
    for (const file of filesIn('uk-cds', /\.xml$/))
      for (const item of await itemsOf(file).catch(() => []))
        for (const line of item) {
          // VAT in Northern Ireland has a base of its own; its amount is worked out as that of B00 is.
          const asked = line.code === 'B05' ? { ...line, code: 'B00' } : line;
          const [worked] = reproduceTaxes(taxes, ...itemWith(line.base, [asked])).lines;
          if (worked!.amount.amount - line.deducted === line.assessed) same += 1;
          else others.push(`${line.code} ${line.base / 100} at ${line.rate} % gives ${line.assessed / 100}`);
        }
    expect(same).toBe(208);
    expect(others).toEqual([
      'A50 12500 at 4.9 % gives 0',
      'A50 12500 at 4.9 % gives 0',
      'A00 1000 at 12 % gives 0',
      'A00 1000 at 12 % gives 0',
    ]);
  });

  it('of UK CDS: the base of VAT is the value with the duties, where nothing else raises it', async () => {
    let same = 0;
    let others = 0;
    for (const file of filesIn('uk-cds', /\.xml$/))
      for (const lines of await itemsOf(file).catch(() => [])) {
        const duties = lines.filter(({ code }) => code.startsWith('A'));
        const vat = lines.find(({ code }) => code === 'B00');
        if (vat === undefined || duties.length === 0 || new Set(duties.map(({ base }) => base)).size > 1)
          continue;
        const worked = reproduceTaxes(taxes, ...itemWith(duties[0]!.base, [...duties, vat]));
        const found = worked.lines.find(({ code }) => code === 'B00')!;
        if (Math.round(found.base * 100) === vat.base && found.amount.amount === vat.assessed) same += 1;
        else others += 1;
      }
    // Of the others 12 leave the duty out of the base, 10 have costs in it that no notification tells, and in 5 the duty
    // was relieved or deducted.
    expect({ same, others }).toEqual({ same: 54, others: 27 });
  });

  it.each(filesIn('asycuda-sad', /\.xml$/))('of ASYCUDA World: %s prints none', async (file) => {
    const text = readFileSync(file, 'utf8');
    expect(text.match(/<Duty_tax_code>/g)).toHaveLength(952);
    for await (const record of read(readFileSync(file), { receivedAt: '2026-01-01T00:00:00Z' })) {
      if (record.kind !== 'declaration') throw new Error(record.kind);
      expect(record.declaration.items).toHaveLength(119);
      expect(record.declaration.items.flatMap(({ taxes: lines }) => lines ?? [])).toEqual([]);
    }
  });
});
