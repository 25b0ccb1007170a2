/**
 * Declarations a second for each intake format, each beside a baseline on the same bytes in the same run: the bare
 * parser, which builds, checks and identifies nothing. Inputs are made from the test fixtures, so a fresh clone runs it.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { SaxesParser } from 'saxes';
import { fromRoot } from '../src/ground/paths.ts';
import { read } from '../src/intake/read.ts';
import type { ReadOptions } from '../src/intake/record.ts';
import { type BenchCase, type BenchResult, machine, median } from './result.ts';

interface Case {
  name: string;
  text: string;
  options?: ReadOptions;
  baseline: string;
  bare(text: string): void;
}

const fixture = (...path: string[]): string => readFileSync(fromRoot('tests', 'fixtures', ...path), 'utf8');

/** A SAD of as many items as given, from the items of the fixture. */
function sadOf(items: number): string {
  const xml = fixture('sad', 'gd-warehouse-discharge.xml');
  const start = xml.indexOf('<Item>');
  const end = xml.lastIndexOf('</Item>') + '</Item>'.length;
  const pair = xml.slice(start, end);
  return xml.slice(0, start) + `${pair}\n`.repeat(items / 2) + xml.slice(end);
}

function declarationOf(items: number): object {
  const money = (amount: number) => ({ amount, currency: 'EUR' });
  return {
    format: 'json',
    country: 'GB',
    flow: 'import',
    currency: 'EUR',
    mrn: '26GB000001',
    office: 'GB000060',
    acceptedAt: '2026-02-03',
    declarant: { id: 'GB1', name: 'Broker' },
    consignee: { id: 'GB2', name: 'Importer', address: '1 Street\nTown' },
    valuation: { invoice: { foreign: money(1_000_000), rate: 1 }, cif: money(1_100_000) },
    totals: { items, packages: items * 3, grossMass: items * 12.5 },
    items: Array.from({ length: items }, (_, index) => ({
      number: index + 1,
      hs: '84151010',
      description: 'Air conditioning machines, window type',
      origin: 'CN',
      procedure: '4000',
      grossMass: 12.5,
      netMass: 11,
      packages: [{ count: 3, kind: 'CT', marks: 'AB 1-3' }],
      price: money(10_000),
      cif: money(11_000),
      taxes: [
        { code: 'A00', base: 110, rate: 2.5, rateKind: 'percent', amount: money(275) },
        { code: 'B00', base: 112.75, rate: 20, rateKind: 'percent', amount: money(2_255) },
      ],
    })),
  };
}

function csvOf(rows: number): string {
  const header = 'Office;Number;Day;Flow;Importer;HS;Goods;Value;Net;Rate;Released';
  const row = (number: number) =>
    `GDSGO;${number};03/02/2026;I;ACME;84151010;"Coolers; large";1.234,50;10,5;15;04/02/2026`;
  return [header, ...Array.from({ length: rows }, (_, index) => row(index + 1))].join('\n');
}

function scanXml(text: string): void {
  let elements = 0;
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', () => {
    elements += 1;
  });
  parser.write(text).close();
  if (elements === 0) throw new Error('nothing was scanned');
}

const lines = (declaration: object, count: number): string =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ ...declaration, mrn: `26GB${index}` })).join(
    '\n',
  );

const cases: Case[] = [
  { name: 'ASYCUDA SAD, 100 items', text: sadOf(100), baseline: 'bare saxes scan', bare: scanXml },
  {
    name: 'WCO XML, 2 items',
    text: fixture('wco', 'import.xml'),
    baseline: 'bare saxes scan',
    bare: scanXml,
  },
  {
    name: 'JSON, 100 items',
    text: JSON.stringify(declarationOf(100)),
    baseline: 'JSON.parse',
    bare: (text) => JSON.parse(text),
  },
  {
    name: 'NDJSON, 3 items a line',
    text: lines(declarationOf(3), 2_000),
    baseline: 'JSON.parse of each line',
    bare: (text) => {
      for (const line of text.split('\n')) JSON.parse(line);
    },
  },
  {
    name: 'CSV, 1 item a row',
    text: csvOf(5_000),
    options: { mapping: fromRoot('tests', 'fixtures', 'csv', 'items.yaml') },
    baseline: 'csv-parse alone',
    bare: (text) => {
      parse(text, { delimiter: ';' });
    },
  },
];

/** Calls until the time is over; calls a second. */
async function rateOf(work: () => unknown, milliseconds: number): Promise<number> {
  const start = performance.now();
  let calls = 0;
  do {
    await work();
    calls += 1;
  } while (performance.now() - start < milliseconds);
  return (calls * 1000) / (performance.now() - start);
}

async function measure({ name, text, options, baseline, bare }: Case): Promise<BenchCase> {
  const bytes = Buffer.from(text);
  let declarations = 0;
  const ours = async () => {
    declarations = 0;
    for await (const record of read(bytes, options)) {
      if (record.kind !== 'declaration') throw new Error(`${name}: ${record.kind}`);
      declarations += 1;
    }
  };
  const theirs = () => bare(bytes.toString('utf8'));
  await rateOf(ours, 500);
  await rateOf(theirs, 200);
  const rounds: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < 3; round += 1) {
    rounds.push({ ours: await rateOf(ours, 500), theirs: await rateOf(theirs, 300) });
  }
  return {
    case: name,
    value: declarations * median(rounds.map((round) => round.ours)),
    unit: 'declarations/s',
    baseline,
    ratio: median(rounds.map((round) => round.ours / round.theirs)),
  };
}

export async function run(): Promise<BenchResult> {
  const results: BenchCase[] = [];
  for (const one of cases) results.push(await measure(one));
  return { name: 'intake', machine: machine(), results };
}
