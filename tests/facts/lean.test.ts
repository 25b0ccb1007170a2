import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { benchRecords } from '../../bench/backtest/workload.ts';
import { flows } from '../../src/declaration/declaration.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { sheetMaker } from '../../src/facts/lean.ts';
import { factContext, factSheet } from '../../src/facts/sheet.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { cleanDeclaration } from './clean.ts';

const declarations = [
  ...flows.map((flow) => JSON.parse(readFileSync(fromRoot('rules', 'base', `${flow}.json`), 'utf8'))),
  cleanDeclaration(),
  { format: 'json', flow: 'import', items: [] },
  ...benchRecords(20).map(({ declaration }) => declaration),
];
const context = factContext();

test('a sheet of one fact has the value that the whole sheet has, for every fact there is', () => {
  const plain = [...factCatalogue.values()].filter(({ params }) => params === undefined);
  for (const { name, scope } of plain) {
    const make = sheetMaker(new Set([name]));
    for (const declaration of declarations) {
      const [lean, whole] = [make(declaration, context), factSheet(declaration, context)];
      if (scope === 'declaration') expect(lean.header[name], name).toEqual(whole.header[name]);
      else
        expect(
          lean.items.map((item) => item[name]),
          name,
        ).toEqual(whole.items.map((item) => item[name]));
    }
  }
});

test('a sheet of declared facts has nothing else', () => {
  const sheet = sheetMaker(new Set(['valuation.cif', 'item.origin']))(cleanDeclaration());
  expect(Object.keys(sheet.header)).toEqual(['valuation.cif']);
  expect(Object.keys(sheet.items[0]!)).toEqual(['item.origin']);
});
