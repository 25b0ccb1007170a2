/** Eight months of an administration as they are imported and then looked at again: what takes time, registers or the country's profile is found by the shipped rules. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeIn } from '../../bench/detection/product.ts';
import * as specs from '../../src/check/collections.ts';
import { type OpenDesk, openDesk } from '../../src/check/open-desk.ts';
import { type FindingRow, finding } from '../../src/projections/finding.ts';
import { simulate } from '../../src/simulate/administration.ts';
import { smallForm } from '../../src/simulate/options.ts';
import { emptyStore } from '../empty-store.ts';
import { collect, lastVersions } from './collect.ts';

const { store } = await emptyStore();
const simulation = simulate({
  ...smallForm,
  days: 230,
  declarations: 900,
  officers: 18,
  misconduct: [
    'overdue-warehouse',
    'threshold-bunching',
    'rubber-stamping',
    'shared-accounts',
    'criteria-changed',
  ].map((pattern) => ({ pattern, rate: pattern === 'criteria-changed' ? 1 : 0.3, strength: 1 })),
});
let desk: OpenDesk;
let records: Awaited<ReturnType<typeof lastVersions>>;
const rows: FindingRow[] = [];
const accounts = new Map<string, string>();

beforeAll(async () => {
  const started = Date.now();
  const now = () => new Date((simulation.end + 2) * 86_400_000 + Date.now() - started);
  desk = { ...(await openDesk({ store })), now };
  records = lastVersions(await collect(simulation));
  await takeIn(simulation, store, desk);
  const { docs } = await store.collection<FindingRow>(finding.spec).find({ limit: 100_000 });
  rows.push(...docs);
  for (const { doc } of await store.collection<{ id: string; officer: string }>(specs.people).since(0, 1_000))
    accounts.set(doc.officer, doc.id);
}, 240_000);
afterAll(() => desk.close());

const truth = (pattern: string) => simulation.truth().find((each) => each.pattern === pattern)!;
const planted = (pattern: string): string[] => [...new Set(truth(pattern).declarations)].sort();
const flaggedBy = (rule: string, standing = false): string[] =>
  [
    ...new Set(
      rows.flatMap((row) =>
        row.rule === rule && (!standing || row.current === 1) ? (row.declaration ?? []) : [],
      ),
    ),
  ].sort();

const named = (rule: string): string[] =>
  [
    ...new Set(
      rows.flatMap((row) => (row.rule === rule && row.officer !== null ? accounts.get(row.officer)! : [])),
    ),
  ].sort();

describe('of what is planted', () => {
  it('goods left in a warehouse are told by PRC-005, with those alone that a cancelled withdrawal left there', () => {
    const left = new Set(planted('overdue-warehouse'));
    for (const { declaration, trail } of records.values())
      if (trail?.some(({ kind }) => kind === 'CANCEL'))
        for (const { previous = [] } of declaration.items)
          for (const { office, year, serial, number } of previous)
            left.add(`${office}/${year}/${serial}${number}`);
    const standing = flaggedBy('PRC-005', true);
    expect(planted('overdue-warehouse').length).toBeGreaterThan(1);
    expect(standing).toEqual(expect.arrayContaining(planted('overdue-warehouse')));
    expect(standing.filter((reference) => !left.has(reference))).toEqual([]);
  });

  it('values just below the threshold are told by VAL-014, which honest ones meet as well', () => {
    expect(planted('threshold-bunching').length).toBeGreaterThan(3);
    expect(flaggedBy('VAL-014')).toEqual(expect.arrayContaining(planted('threshold-bunching')));
  });

  it('acts of a few minutes are told by CON-010 of goods that were opened, and nothing else', () => {
    const opened = planted('rubber-stamping').filter((reference) =>
      records
        .get(reference)
        ?.trail?.some(({ kind, control }) => kind === 'INSPECT' && control === 'physical'),
    );
    expect(opened.length).toBeGreaterThan(10);
    expect(flaggedBy('CON-010')).toEqual(opened);
  });

  it('accounts that are lent are named by SYS-002, and no others', () => {
    const lenders = truth('shared-accounts').who.map(({ officer }) => officer!);
    expect(named('SYS-002')).toEqual([...new Set(lenders)].sort());
  });

  it('what passed while a criterion was switched off is told by SYS-003, with what passed beside it', () => {
    expect(planted('criteria-changed').length).toBeGreaterThan(3);
    expect(flaggedBy('SYS-003')).toEqual(expect.arrayContaining(planted('criteria-changed')));
  });
});
