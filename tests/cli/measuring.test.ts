/** What is measured and kept, by command: editions, partner statistics, charts, contracts, sheets and training needs. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PersonDocument, people } from '../../src/check/collections.ts';
import { confirmPhase, proposePhase } from '../../src/indicators/phase.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { storeForty } from '../indicators/forty/read.ts';
import { crosscheck } from './run.ts';

const data = mkdtempSync(join(tmpdir(), 'crosscheck-measuring-'));
const keys: Record<string, string> = {};
beforeAll(async () => {
  const store = await openDuckdb(data);
  await storeForty(store);
  const made = openKeys(store);
  for (const [name, role] of [
    ['chief', 'manager'],
    ['director', 'manager'],
    ['anna', 'officer'],
  ] as const) {
    const { key, document } = await made.create({ label: name, role, days: 1 }, 'tests', new Date());
    keys[name] = key;
    if (name === 'anna')
      await store.collection<PersonDocument>(people).put([{ id: `key:${document.id}`, officer: 'anna' }]);
  }
  const phase = { office: 'PORT', phase: 'prescriptive' as const, from: '2026-01-01', grounds: 'decision' };
  const at = '2025-12-31T12:00:00.000Z';
  await confirmPhase(store, await proposePhase(store, { ...phase, proposedBy: 'one' }, at), 'two', at);
  await store.close();
}, 120_000);
afterAll(() => rmSync(data, { recursive: true, force: true }));

const here = (...argv: string[]) => crosscheck(...argv, '--data', data);

describe('editions', () => {
  it('are frozen, listed, shown and compared', async () => {
    const frozen = await here('editions', 'I01', '--freeze', '2026-03', '--json');
    expect([frozen.code, frozen.err]).toEqual([0, '']);
    const listed = await here('editions', 'I01', '--json');
    expect(listed.out).toContain('2026-03');
    const [first] = listed.out
      .trim()
      .split('\n')
      .flatMap((line) => JSON.parse(line));
    const shown = await here('editions', '--show', first.id, '--json');
    expect(JSON.parse(shown.out)).toMatchObject({ indicator: 'I01', period: '2026-03', edition: 1 });
    // Nothing has changed since: freezing again makes no second one.
    await here('editions', 'I01', '--freeze', '2026-03');
    expect((await here('editions', 'I01', '--json')).out).toBe(listed.out);
  }, 60_000);

  it('are exported as CSV and Parquet, and pairs as well', async () => {
    const csv = await here('editions', '--show', 'I01|office|2026-03|1', '--csv');
    expect([csv.code, csv.err]).toEqual([0, '']);
    const [head, first] = csv.out.split('\r\n');
    expect(head).toMatch(/^indicator,version,from,to,.*,edition,frozenAt,changed,before$/);
    expect(first).toMatch(/^I01,\d+,2026-03-01,2026-03-31,/);
    const file = join(data, 'edition.parquet');
    expect(await here('editions', '--show', 'I01|office|2026-03|1', '--parquet', file)).toMatchObject({
      code: 0,
      out: '',
    });
    expect(readFileSync(file).subarray(0, 4).toString()).toBe('PAR1');
    expect((await here('editions', 'I01', '--csv')).err).toContain('--show or --compare');
    const pairs = await here('indicators', 'I29', '--from', '2026-01-01', '--to', '2026-04-30', '--csv');
    expect(pairs.out).toMatch(/^side,from,to,officer,declarant,offices,observed,/);
  }, 60_000);

  it('are of a month, and of an indicator there is', async () => {
    expect(await here('editions', 'I01', '--freeze', '2026-13')).toMatchObject({
      code: 2,
      err: expect.stringContaining('YYYY-MM'),
    });
    expect((await here('editions', '--show', 'I01|office|1999-01|1')).code).toBe(2);
  });
});

describe('partner statistics', () => {
  it('are taken from a file and set against own imports', async () => {
    const file = join(data, 'partner.csv');
    // 610910 from BD: our declarations of 2026 amount to 33,000.
    writeFileSync(file, 'hs,origin,year,value,netMass\n610910,BD,2026,66000,4000\n');
    expect(await here('indicators', '--mirror', file, '--currency', 'XTS')).toMatchObject({
      code: 0,
      out: '1 rows\n',
    });
    const asked = ['--by', 'origin', '--from', '2026-01-01', '--to', '2026-12-31', '--json'];
    const { rows } = JSON.parse((await here('indicators', 'I33', ...asked)).out);
    const gap = rows.find((row: { key: { origin: string } }) => row.key.origin === 'BD').figures.gap;
    expect(gap.denominator).toBeGreaterThan(0);
    expect(gap.value).toBeGreaterThan(0);
  });

  it('are refused without a currency, and where a row is wrong', async () => {
    const file = join(data, 'wrong.csv');
    writeFileSync(file, 'hs,origin,year,value,netMass\n6109,BD,2026,many,4000\n');
    expect((await here('indicators', '--mirror', file)).err).toContain('--currency');
    const wrong = await here('indicators', '--mirror', file, '--currency', 'XTS');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('wrong.csv')]);
    writeFileSync(file, 'hs,origin,year,value\n610910,BD,2026,1\n610910,BD,2026,2\n');
    const twice = await here('indicators', '--mirror', file, '--currency', 'XTS');
    expect([twice.code, twice.err]).toEqual([
      2,
      expect.stringContaining('610910 BD 2026 is in line 2 already'),
    ]);
  });
});

describe('charts', () => {
  it('are told line by line, or as JSON', async () => {
    const asked = [
      'indicators',
      'I17',
      '--watch',
      '--by',
      'officer',
      '--from',
      '2026-01-01',
      '--to',
      '2026-04-30',
    ];
    const { out } = await here(...asked);
    expect(out).toMatch(/^I17 ratio, watched for odds 2/);
    expect(out).toContain('anna');
    expect(JSON.parse((await here(...asked, '--json')).out)).toMatchObject({ indicator: 'I17', odds: 2 });
    expect((await here('indicators', 'I05', '--watch', '--by', 'officer')).code).toBe(2);
  });
});

describe('contracts and sheets', () => {
  const draw = [
    'sheets',
    '--draw-up',
    'inspector',
    '--subject',
    'anna',
    '--period',
    '2026-03',
    '--office',
    'PORT',
  ];
  const id = 'inspector|anna|PORT|2026-03';

  it('are listed with what checks them', async () => {
    const { out } = await here('contracts');
    expect(out).toContain('inspector');
    expect(out).toMatch(/sameDay: I05 share up, coefficient 2, against I20 share, checked by G01/);
    expect(out).toContain('G04');
  }, 60_000);

  it('go from drawing up to issue by the keys of different people', async () => {
    const step = async (who: string, ...argv: string[]) => {
      const { code, out, err } = await here(...argv, '--key', keys[who]!, '--json');
      return code === 0 ? JSON.parse(out).status : err;
    };
    expect(await step('chief', ...draw)).toBe('drawn up');
    expect(await step('director', 'sheets', id, '--countersign')).toContain('CC_CONFLICT');
    expect(await step('anna', 'sheets', id, '--comment', 'on instruction')).toBe('commented');
    expect(await step('chief', 'sheets', id, '--countersign')).toContain('CC_CONFLICT');
    expect(await step('director', 'sheets', id, '--countersign')).toBe('countersigned');
    expect(await step('chief', 'sheets', id, '--issue')).toBe('issued');
    const { out } = await here('sheets', id, '--key', keys.anna!);
    expect(out).toContain('comment of');
    expect(out).toMatch(/G01 Re-opened after same-day assessment: .*colleagues/);
    expect((await here('sheets', '--key', keys.anna!)).out).toContain(`${id}  issued`);
  }, 120_000);

  it('tell what an officer’s controls miss', async () => {
    const asked = [
      'training-needs',
      '--officer',
      'carl',
      '--office',
      'PORT',
      '--from',
      '2026-03-01',
      '--to',
      '2026-03-31',
    ];
    expect((await here(...asked)).out).toBe('value: missed 1, found 1; chapters 61\n');
  }, 60_000);
});
