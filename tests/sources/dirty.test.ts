import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { type ExtractReport, openExtract } from '../../src/sources/extract.ts';
import type { RowProblem } from '../../src/sources/problems.ts';
import { random, tell, writeWorld } from './truth.ts';

const folder = mkdtempSync(join(tmpdir(), 'dirty-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A row that goes in, as bytes without its line break, with what must be said of it. */
interface Dirt {
  kind: string;
  file: string;
  /** From a clean row's cells. */
  make: (cells: string[]) => string | Buffer;
  code: string;
  effect: RowProblem['effect'];
}

const cells = (change: (cells: string[]) => void) => (row: string[]) => {
  const copy = [...row];
  change(copy);
  return copy.join(',');
};

const kinds: Dirt[] = [
  {
    kind: 'wrong type',
    file: 'SAD_ITEM.csv',
    make: cells((c) => {
      c[1] = '91';
      c[8] = 'abc';
    }),
    code: 'CC_ROW_TYPE',
    effect: 'field left out',
  },
  {
    kind: 'unknown code',
    file: 'UN_ASYBRK_TRACK.csv',
    make: cells((c) => {
      c[2] = 'Frobnicate';
    }),
    code: 'CC_ROW_CODE',
    effect: 'left out',
  },
  {
    kind: 'missing key',
    file: 'SAD_TAX.csv',
    make: cells((c) => {
      c[0] = '';
    }),
    code: 'CC_ROW_KEY',
    effect: 'left out',
  },
  {
    kind: 'orphan',
    file: 'SAD_ITEM.csv',
    make: cells((c) => {
      c[0] = '777777';
    }),
    code: 'CC_ROW_ORPHAN',
    effect: 'left out',
  },
  {
    kind: 'duplicate',
    file: 'SAD_TAX.csv',
    make: (row) => row.join(','),
    code: 'CC_ROW_DUPLICATE',
    effect: 'left out',
  },
  {
    kind: 'bad date',
    file: 'UN_ASYBRK_TRACK.csv',
    make: cells((c) => {
      c[2] = 'Assess';
      c[3] = '2026-13-45 10:00:00';
    }),
    code: 'CC_ROW_DATE',
    effect: 'field left out',
  },
  {
    kind: 'out of range',
    file: 'SAD_ITEM.csv',
    make: cells((c) => {
      c[1] = '92';
      c[6] = '-5';
    }),
    code: 'CC_ROW_RANGE',
    effect: 'field left out',
  },
  {
    kind: 'too few cells',
    file: 'SAD_TAX.csv',
    make: (row) => row.slice(0, 4).join(','),
    code: 'CC_ROW_COLUMNS',
    effect: 'left out',
  },
  {
    kind: 'too many cells',
    file: 'SAD_EXAMINERS.csv',
    make: (row) => [...row, 'x', 'y'].join(','),
    code: 'CC_ROW_COLUMNS',
    effect: 'left out',
  },
  {
    kind: 'bad encoding',
    file: 'SAD_ITEM.csv',
    make: (row) =>
      Buffer.concat([
        Buffer.from(`${row[0]},93,`),
        Buffer.from([0xe9, 0xff]),
        Buffer.from(`,${row.slice(3).join(',')}`),
      ]),
    code: 'CC_ROW_ENCODING',
    effect: 'left out',
  },
  {
    kind: 'contradictory',
    file: 'SAD_ITEM.csv',
    make: cells((c) => {
      c[8] = '1';
    }),
    code: 'CC_ROW_CONTRADICTORY',
    effect: 'left out',
  },
  {
    kind: 'quote not closed',
    file: 'SAD_TAX.csv',
    make: cells((c) => {
      c[3] = '"VAT';
    }),
    code: 'CC_ROW_UNREADABLE',
    effect: 'left out',
  },
  {
    kind: 'text behind a quote',
    file: 'SAD_TAX.csv',
    make: cells((c) => {
      c[3] = '"VAT"x';
    }),
    code: 'CC_ROW_UNREADABLE',
    effect: 'left out',
  },
  {
    kind: 'trail of nobody',
    file: 'UN_ASYBRK_TRACK.csv',
    make: cells((c) => {
      c[0] = '42';
    }),
    code: 'CC_ROW_ORPHAN',
    effect: 'left out',
  },
];

interface Expected {
  file: string;
  row: number;
  line: number;
  kind: string;
  code: string;
  effect: string;
}

/** Puts dirty rows between the clean ones of a folder; about one row in ten. Rows keep their order otherwise. */
function soil(from: string): Expected[] {
  const next = random(11);
  const expected: Expected[] = [];
  for (const file of new Set(kinds.map((dirt) => dirt.file))) {
    const here = kinds.filter((dirt) => dirt.file === file);
    const [head, ...rows] = readFileSync(join(from, file), 'utf8').trimEnd().split('\n') as [
      string,
      ...string[],
    ];
    const out: Buffer[] = [Buffer.from(head)];
    let turn = 0;
    for (const row of rows) {
      out.push(Buffer.from(row));
      if (next() > 0.1) continue;
      const dirt = here[turn++ % here.length]!;
      const made = dirt.make(row.split(','));
      out.push(typeof made === 'string' ? Buffer.from(made) : made);
      expected.push({
        file,
        row: out.length - 1,
        line: out.length,
        kind: dirt.kind,
        code: dirt.code,
        effect: dirt.effect,
      });
    }
    writeFileSync(join(from, file), Buffer.concat(out.flatMap((line) => [line, Buffer.from('\n')])));
  }
  return expected;
}

async function readAll(
  from: string,
): Promise<{ records: IntakeRecord[]; problems: RowProblem[]; report: ExtractReport }> {
  const problems: RowProblem[] = [];
  const { records, report } = openExtract(from, {
    mapping: 'asycuda-world',
    currency: 'XAF',
    now: new Date('2026-02-01T00:00:00Z'),
    onProblem: (problem) => problems.push(problem),
  });
  const all: IntakeRecord[] = [];
  for await (const record of records) all.push(record);
  return { records: all, problems, report };
}

/** What the clean rows said: without the items that dirty rows brought along, and without places, which move. */
const said = (records: readonly IntakeRecord[]): object[] =>
  records.flatMap((record): object[] => {
    if (record.kind === 'refused') return [];
    const { where: _, ...rest } = record;
    if (rest.kind !== 'declaration') return [rest];
    const { identity, declaration, ...others } = rest;
    return [
      {
        ...others,
        reference: identity.reference,
        declaration: { ...declaration, items: declaration.items.filter((item) => item.number < 90) },
      },
    ];
  });

describe('an extract with one dirty row in ten', async () => {
  const told = tell(300, 3);
  writeWorld(told, join(folder, 'clean'));
  writeWorld(told, join(folder, 'dirty'));
  const expected = soil(join(folder, 'dirty'));
  const clean = await readAll(join(folder, 'clean'));
  const dirty = await readAll(join(folder, 'dirty'));
  const key = (place: { file: string; row: number; code: string }) =>
    `${place.file}:${place.row} ${place.code}`;

  it('has at least ten kinds of dirt', () => {
    expect(new Set(expected.map(({ code }) => code)).size).toBeGreaterThanOrEqual(10);
    expect(expected.length).toBeGreaterThan(250);
  });

  it('every dirty row is reported with its file, its row, its line and the reason, and no other row is', () => {
    expect(dirty.problems.map(key).sort()).toEqual(expected.map(key).sort());
    const byKey = new Map(dirty.problems.map((problem) => [key(problem), problem]));
    for (const place of expected)
      expect(byKey.get(key(place)), place.kind).toMatchObject({ line: place.line, effect: place.effect });
  });

  it('nothing else is lost', () => {
    expect(said(dirty.records)).toEqual(said(clean.records));
  });

  it('what is left out is yielded as refused, with its place', () => {
    const refused = dirty.records.filter((record) => record.kind === 'refused');
    expect(refused.length).toBe(expected.filter(({ effect }) => effect === 'left out').length);
    expect(refused[0]).toMatchObject({ where: { file: expect.any(String), record: expect.any(Number) } });
  });

  it('twice the same', async () => {
    const again = await readAll(join(folder, 'dirty'));
    expect(JSON.stringify(again.records)).toBe(JSON.stringify(dirty.records));
    expect(again.problems).toEqual(dirty.problems);
  });
});
