import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersOf, type Evidence, evidenceOf, placeEvidence } from '../../src/check/evidence.ts';
import type { FactSheet } from '../../src/facts/model.ts';

const asked = {
  declaration: ['history.count(days=365)', 'trail.present(kind=RELEASE)', 'list.absent(list=countries)'],
  item: ['item.baseline.count(of=hs6)', 'item.list.absent(list=units)'],
};
const two = { items: [{ number: 1 }, { number: 2 }] } as Parameters<typeof answersOf>[2];
const sheet = (values: Pick<FactSheet, 'calls' | 'itemCalls'>): FactSheet => ({
  header: {},
  items: [],
  ...values,
});

describe('what a check keeps of facts', () => {
  it('is a place among what was asked, and the value; what was missing has no place', () => {
    const evidence = evidenceOf(
      sheet({
        calls: { [asked.declaration[0]!]: 4, [asked.declaration[2]!]: [] },
        itemCalls: [{}, { [asked.item[1]!]: ['KGX'] }],
      }),
      asked,
      'v',
    );
    expect(evidence).toEqual({ asked: 'v', values: [0, 4, 2, []], items: [[], [1, ['KGX']]] });
  });

  it('gives the same answers again, whatever was missing', () => {
    const value = fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.array(fc.string()));
    const answers = (keys: readonly string[]) =>
      fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: keys.length, noNullPrototype: true });
    fc.assert(
      fc.property(
        answers(asked.declaration),
        fc.tuple(answers(asked.item), answers(asked.item)),
        (calls, itemCalls) => {
          const kept = JSON.stringify(evidenceOf(sheet({ calls, itemCalls }), asked, 'v'));
          expect(answersOf(JSON.parse(kept) as Evidence, asked, two)).toEqual({ calls, itemCalls });
        },
      ),
    );
  });

  it('is read from a check that named every fact beside its value, as an older release did', () => {
    const older = {
      id: 'C-1',
      schema: 1,
      lane: 'green',
      evidence: [
        { key: asked.declaration[1], value: true },
        { key: asked.item[0], item: 2, value: 12 },
        { key: asked.item[1], item: 2, value: [] },
      ],
    };
    const { evidence, ...rest } = placeEvidence(older) as unknown as { evidence: Evidence };
    expect(rest).toEqual({ id: 'C-1', schema: 2, lane: 'green' });
    if (typeof evidence.asked === 'string') throw new Error('an older check carries what was asked itself');
    expect(answersOf(evidence, evidence.asked, two)).toEqual({
      calls: { [asked.declaration[1]!]: true },
      itemCalls: [{}, { [asked.item[0]!]: 12, [asked.item[1]!]: [] }],
    });
  });
});
