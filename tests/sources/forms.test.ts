import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeclarationRecord } from '../../src/declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../../src/declaration/trail.ts';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { type ExtractReport, openExtract } from '../../src/sources/extract.ts';
import { tell, writeLog, writePlus, writeWorld } from './truth.ts';

interface Read {
  records: IntakeRecord[];
  report: ExtractReport;
  trails: Map<string, { trail: TrailEvent[]; outcomes: Outcome[] }>;
}

async function readAll(folder: string, mapping: string): Promise<Read> {
  const { records, report } = openExtract(folder, {
    mapping,
    currency: 'XAF',
    timezone: 'Africa/Douala',
    now: new Date('2026-02-01T00:00:00Z'),
  });
  const all: IntakeRecord[] = [];
  const trails: Read['trails'] = new Map();
  for await (const record of records) {
    all.push(record);
    if (record.kind === 'refused') continue;
    const name = record.kind === 'declaration' ? record.identity.reference : record.declaration;
    // What a form says beyond the others stays with it.
    const plain = <T extends { extra?: unknown }>({ extra: _, ...rest }: T) => rest;
    trails.set(name, { trail: record.trail.map(plain), outcomes: record.outcomes.map(plain) });
  }
  return { records: all, report, trails };
}

const told = tell(200);
let folder: string;
const read: Record<'world' | 'plus' | 'log', Read> = {} as never;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'forms-'));
  writeWorld(told, join(folder, 'world'));
  writePlus(told, join(folder, 'plus'));
  writeLog(told, join(folder, 'log'));
  read.world = await readAll(join(folder, 'world'), 'asycuda-world');
  read.plus = await readAll(join(folder, 'plus'), 'asycuda-plus');
  read.log = await readAll(join(folder, 'log'), 'event-log');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('one truth in three forms', () => {
  it.each(['world', 'plus', 'log'] as const)('%s: nothing is refused', (form) => {
    expect(read[form].records.filter((record) => record.kind === 'refused')).toEqual([]);
    expect(read[form].report.problems.total).toBe(0);
    expect(read[form].trails.size).toBe(200);
  });

  it('every step of the truth comes out of the event log with its time and zone', () => {
    for (const d of told) {
      const { trail } = read.log.trails.get(`${d.office}/2026/C${d.number}`)!;
      const steps = [...d.steps].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      expect(trail.map(({ kind, at, user, to }) => ({ kind, at, user, to }))).toEqual(
        steps.map(({ kind, at, user, to }) => ({ kind, at: `${at.replace(' ', 'T')}+01:00`, user, to })),
      );
    }
  });

  it.each(['world', 'plus'] as const)(
    'the trail in the %s form gives the same events and outcomes',
    (form) => {
      for (const [name, expected] of read.log.trails)
        expect(read[form].trails.get(name), name).toEqual(expected);
    },
  );

  it('declarations of both ASYCUDA forms have the same items and taxes', () => {
    const items = (form: 'world' | 'plus') =>
      new Map(
        read[form].records.flatMap((record) =>
          record.kind === 'declaration'
            ? [
                [
                  record.identity.reference,
                  record.declaration.items.map(({ number, hs, cif, netMass, taxes, taxTotal }) => ({
                    number,
                    hs,
                    cif,
                    netMass,
                    taxTotal,
                    taxes: taxes?.map(({ code, base, amount, payable }) => ({ code, base, amount, payable })),
                  })),
                ],
              ]
            : [],
        ),
      );
    expect(items('world')).toEqual(items('plus'));
    const [d] = told;
    expect(items('world').get(`${d!.office}/2026/C${d!.number}`)![0]).toMatchObject({
      cif: { amount: d!.items[0]!.cif, currency: 'XAF' },
      taxes: [
        { code: 'DD', amount: { amount: d!.items[0]!.duty, currency: 'XAF' }, payable: true },
        { code: 'VAT' },
      ],
    });
  });

  it('every record fits the canonical model', () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(DeclarationRecord);
    for (const form of ['world', 'plus'] as const) {
      for (const record of read[form].records) {
        if (record.kind !== 'declaration') continue;
        const { declaration, trail, outcomes } = record;
        expect(validate({ declaration, trail, outcomes }), JSON.stringify(validate.errors)).toBe(true);
      }
    }
  });

  it('the ASYCUDA way of ending a control is told from a discretionary re-routing', () => {
    const causes = new Map<string, number>();
    for (const { trail } of read.world.trails.values())
      for (const event of trail)
        if (event.kind === 'REROUTE') causes.set(event.cause!, (causes.get(event.cause!) ?? 0) + 1);
    const expected = new Map<string, number>();
    for (const d of told) {
      for (const [index, step] of d.steps.entries()) {
        if (step.kind !== 'REROUTE') continue;
        const earlier = d.steps.slice(0, index);
        const cause =
          step.to === 'red'
            ? 'up'
            : step.user === 'SYSTEM'
              ? 'timeout'
              : step.user.endsWith('CHIEF') && !earlier.some(({ kind }) => kind === 'INSPECT')
                ? 'discretionary-down'
                : 'control-closed';
        expected.set(cause, (expected.get(cause) ?? 0) + 1);
      }
    }
    expect(Object.fromEntries(causes)).toEqual(Object.fromEntries(expected));
    expect([...causes.keys()].sort()).toEqual(['control-closed', 'discretionary-down', 'timeout', 'up']);
  });

  it('reading again gives the same bytes', async () => {
    const again = await readAll(join(folder, 'world'), 'asycuda-world');
    expect(JSON.stringify(again.records)).toBe(JSON.stringify(read.world.records));
  });

  it('the report names what nothing reads', () => {
    expect(read.world.report.tables.find(({ table }) => table === 'header')!.unmapped).toEqual(['REMARK']);
    expect(read.world.report.missing).toContain('documents');
    expect(read.world.report).toMatchObject({ declarations: 200, answers: 0 });
    expect(read.world.report.tables.find(({ table }) => table === 'binder')).toMatchObject({
      rows: 201,
      left: 1,
    });
  });
});
