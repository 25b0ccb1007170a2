import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passingPeople } from '../../src/check/people.ts';
import { type FeedReport, openFeed } from '../../src/sources/feed.ts';
import { reportJson, reportPage, reportText } from '../../src/sources/report.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { csv, tell, writeWorld } from './truth.ts';

const root = mkdtempSync(join(tmpdir(), 'report-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let report: FeedReport;

beforeAll(async () => {
  const folder = join(root, 'extract');
  writeWorld(tell(20), folder);
  const items = join(folder, 'SAD_ITEM.csv');
  writeFileSync(
    items,
    readFileSync(items, 'utf8').replace(/^(\d+),1,(.*)$/m, '$1,1,<b>x</b>,4000,000,CN,1,2,3,4,5'),
  );
  writeFileSync(join(folder, 'WEIGHBRIDGE.csv'), 'A\n1\n');
  writeFileSync(join(folder, 'manifest.xml'), '<Awmds><General_segment/></Awmds>');
  writeFileSync(
    join(folder, 'vehicles.xml'),
    '<Awmds><Bol_segment><Vehicle_segment><Doors>4</Doors></Vehicle_segment></Bol_segment></Awmds>',
  );
  writeFileSync(
    join(folder, 'control_total.csv'),
    csv(['feed', 'office', 'day', 'count'], [['declaration', 'NOWHERE', '2026-01-05', 4]]),
  );
  const store = await openDuckdb(join(root, 'store'));
  const feed = await openFeed(store, passingPeople(), folder, {
    mapping: 'asycuda-world',
    now: new Date('2026-02-01T00:00:00Z'),
  });
  for await (const _ of feed.records);
  report = await feed.finish();
  await store.close();
});

describe('the report of an import', () => {
  it('as text: each kind of problem with how often, where first, why, and what to do', () => {
    const text = reportText(report);
    expect(text).toMatch(/1 {2}items\.TAR_HSC_NB1 {2}CC_ROW_TYPE {2}field left out/);
    expect(text).toMatch(/SAD_ITEM\.csv:\d+ \(row \d+\): "<b>x<\/b>" has not the form/);
    expect(text).toContain('files of no table: WEIGHBRIDGE.csv');
    expect(text).toContain('not mapped: Vehicle_segment/Doors in bills of vehicles.xml: 1');
    expect(text).toContain('control total not met: declaration of NOWHERE on 2026-01-05: count 0 of 4');
  });

  it('as a page: nothing from elsewhere, nothing of the data taken for markup', () => {
    const page = reportPage(report);
    expect(page).not.toMatch(/<script|<link|src=|@import|<b>x/);
    expect(page).toContain('&lt;b&gt;x&lt;/b&gt;');
    expect(page).toContain('Manifests left out');
    expect(page).toContain('Vehicle_segment');
    expect(page.match(/<table>/g)!.length).toBe(page.match(/<\/table>/g)!.length);
  });

  it('as JSON: it survives being written and read', () => {
    const json = JSON.parse(JSON.stringify(reportJson(report)));
    expect(json.extract.problems.groups[0]).toMatchObject({ table: 'items', count: 1 });
    expect(json.cargo.refused[0]).toMatchObject({ code: 'CC_REFERENCE_INVALID' });
    expect(json.cargo).toMatchObject({ files: 2, unmapped: [{ file: 'vehicles.xml' }] });
    expect(json.extract.days.length).toBeGreaterThan(0);
  });
});
