import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CrosscheckError } from '../../src/errors.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { toLines } from '../../src/present.ts';
import { collect } from './collect.ts';
import { type Damage, jsonDamages, seeded, xmlDamages } from './damage.ts';

const fixture = (name: string): string => readFileSync(fromRoot('tests', 'fixtures', name), 'utf8');

const canonical = JSON.stringify(
  {
    format: 'json',
    country: 'GD',
    flow: 'import',
    currency: 'XCD',
    mrn: '26GD1',
    sealCount: 2,
    consignee: { id: '1007', name: 'ACME Ltd' },
    valuation: { cif: { amount: 10050, currency: 'XCD' } },
    items: [
      { number: 1, hs: '84151010', netMass: 10.5, taxes: [{ code: 'VAT', rate: 15, payable: true }] },
      { number: 2, hs: '84151020', netMass: 1, price: { amount: 5000, currency: 'USD' } },
    ],
  },
  null,
  1,
);

const goods: { name: string; text: string; damages: readonly Damage[]; each: number }[] = [
  { name: 'an ASYCUDA SAD', text: fixture('sad/gd-warehouse-discharge.xml'), damages: xmlDamages, each: 32 },
  { name: 'a SAD with exponents', text: fixture('sad/al-import.xml'), damages: xmlDamages, each: 28 },
  { name: 'a WCO declaration', text: fixture('wco/import.xml'), damages: xmlDamages, each: 20 },
  { name: 'a JSON declaration', text: canonical, damages: jsonDamages, each: 31 },
];

/** What came of an input: the records of it, or the error it ended with. Anything else thrown fails the test. */
async function readAll(input: string | Uint8Array): Promise<IntakeRecord[] | CrosscheckError> {
  try {
    return await collect(input, { receivedAt: '2026-01-01T00:00:00Z' });
  } catch (thrown) {
    if (thrown instanceof CrosscheckError) return thrown;
    throw thrown;
  }
}

const total = goods.reduce((sum, { damages, each }) => sum + damages.length * each, 0);

describe(`${total} damaged inputs`, () => {
  it('are at least 2,000', () => expect(total).toBeGreaterThanOrEqual(2_000));

  for (const { name, text, damages, each } of goods) {
    describe(name, async () => {
      const [whole] = await collect(text);
      if (whole?.kind !== 'declaration') throw new Error(`${name} is not readable before it is damaged`);
      const items = whole.declaration.items.length;

      it.each(damages.map((damage, index) => ({ ...damage, index })))(
        'with $name ends in a clear error',
        async (damage) => {
          for (let round = 0; round < each; round += 1) {
            const input = damage.apply(text, seeded(damage.index * 1_000 + round));
            expect(input, 'the damage applies to this input').toBeDefined();
            const result = await readAll(input!);
            if (result instanceof CrosscheckError) {
              // In a sentence, with a code and something to do.
              expect(toLines(result)).toMatch(/CC_\w+ .+\n {2}.+/);
              expect(result.status).toBeLessThan(500);
              if (result.code === 'CC_XML_MALFORMED' || result.code === 'CC_JSON_MALFORMED') {
                expect(result.where).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
              }
            } else {
              const refused = result.filter((record) => record.kind === 'refused');
              const read = result.filter((record) => record.kind === 'declaration');
              expect(damage.fatal && read.length > 0, `${damage.name}, round ${round}, was read`).toBe(false);
              for (const { error } of refused) expect(error).toBeInstanceOf(CrosscheckError);
              // Read, then read whole: never some of the items.
              for (const { declaration } of read)
                expect(declaration.items.length).toBeGreaterThanOrEqual(items);
            }
          }
        },
      );
    });
  }

  it('leave no trace in prototypes', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});

describe('inputs in other encodings', () => {
  const xml = fixture('sad/al-import.xml').replace('KAFE SHPK', 'KAFÉ SHPK');
  const declared = (label: string): string => xml.replace('encoding="UTF-8"', `encoding="${label}"`);

  it.each([
    ['UTF-8', Buffer.from(xml)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${xml}`)],
    ['Latin-1 as declared', Buffer.from(declared('ISO-8859-1'), 'latin1')],
    ['UTF-16, little end first', Buffer.from(`\ufeff${declared('UTF-16')}`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\ufeff${declared('UTF-16')}`, 'utf16le').swap16()],
  ])('%s are read', async (_, bytes) => {
    const [record] = await collect(bytes);
    expect(record).toMatchObject({ kind: 'declaration', declaration: { consignee: { name: 'KAFÉ SHPK' } } });
  });
});

describe('inputs over a limit', () => {
  const xml = fixture('sad/al-import.xml');
  it.each([
    ['bytes', { documentBytes: 1_000 }],
    ['elements', { elements: 20 }],
    ['depth', { depth: 3 }],
    ['length of a text', { textLength: 8 }],
  ])('of %s are refused', async (_, limits) => {
    await expect(collect(xml, { limits })).rejects.toMatchObject({ code: 'CC_INPUT_TOO_LARGE' });
  });
});
