import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CrosscheckError } from '../../src/errors.ts';
import { loadMapping, shippedMappings, useMapping } from '../../src/sources/mapping-file.ts';

const faultOf = (act: () => unknown): CrosscheckError => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof CrosscheckError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
};

const minimal = `
id: mine
version: 1
title: Mine
origin: test
dates: ["%Y-%m-%d"]
lanes: [{ code: green, control: none }, { code: red, control: physical }]
reroute: { documentsBy: act, systemUsers: [], supervisors: [] }
tables:
  header:
    files: [DECL]
    into: declaration
    key: [ID]
    fields:
      office: OFFICE
      flow: FLOW
`;

describe('mapping files', () => {
  it.each(shippedMappings())('the shipped mapping %s is valid', (id) => {
    expect(loadMapping(id).id).toBe(id);
  });

  it('ships ASYCUDA World, ASYCUDA++ and a plain event log', () => {
    expect(shippedMappings()).toEqual(expect.arrayContaining(['asycuda-plus', 'asycuda-world', 'event-log']));
  });

  it('names the mappings there are where one is asked for that is not', () => {
    const fault = faultOf(() => loadMapping('nowhere'));
    expect(fault.code).toBe('CC_SOURCE_MAPPING_UNKNOWN');
    expect(fault.hint).toContain('asycuda-world');
    expect(fault.hint).toContain('./nowhere');
  });

  it('a plain name means the shipped mapping, whatever lies in the working folder; a path means a file', () => {
    const before = process.cwd();
    const folder = mkdtempSync(join(tmpdir(), 'mapping-'));
    writeFileSync(join(folder, 'asycuda-world'), minimal);
    writeFileSync(join(folder, 'ours'), minimal);
    mkdirSync(join(folder, 'event-log'));
    process.chdir(folder);
    try {
      expect(loadMapping('asycuda-world').id).toBe('asycuda-world');
      expect(loadMapping('./asycuda-world').id).toBe('mine');
      expect(loadMapping('event-log').id).toBe('event-log');
      expect(faultOf(() => loadMapping('./event-log')).code).toBe('CC_SOURCE_MAPPING_UNKNOWN');
      expect(faultOf(() => loadMapping('ours')).hint).toContain('./ours');
      expect(loadMapping('./ours').id).toBe('mine');
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['a key that is none', 'title: Mine', 'titel: Mine', '/'],
    ['a path that the model has not', 'office: OFFICE', 'offise: OFFICE', '/tables/header/fields/offise'],
    ['a date format that is not known', '"%Y-%m-%d"', '"%Q"', '/dates/0'],
    [
      'a code table that is not there',
      'flow: FLOW',
      'flow: { column: FLOW, codes: flows }',
      '/tables/header/fields/flow/codes',
    ],
    ['a table without a key', '    key: [ID]\n', '', '/tables/header'],
    ['a zone that is none', 'version: 1', 'version: 1\ntimezone: Mars/Olympus', '/timezone'],
    ['a list that the model has not', 'into: declaration', 'into: wishes', '/tables/header/into'],
  ])('%s is refused with its place', (_, from, to, pointer) => {
    const fault = faultOf(() => useMapping(minimal.replace(from, to), 'mine.yaml'));
    expect([fault.code, fault.where.pointer || '/']).toEqual(['CC_SOURCE_MAPPING_INVALID', pointer]);
    expect(fault.where.file).toBe('mine.yaml');
  });

  it('broken YAML is refused with line and column', () => {
    const fault = faultOf(() => useMapping(`${minimal}\n  : [`, 'mine.yaml'));
    expect(fault.code).toBe('CC_SOURCE_MAPPING_INVALID');
    expect(fault.where.line).toBeGreaterThan(10);
  });

  it('a mapping that extends another states only what differs', () => {
    const mine = useMapping(
      'id: mine\nextends: asycuda-plus\ntimezone: Africa/Douala\ncodes: { lane: { "7": red } }\n' +
        'tables: { spy: { rows: [{ when: { SPY_ACT: "31" }, ignore: true }] } }\n',
      'mine.yaml',
    );
    expect(mine.codes!.lane).toMatchObject({ '0': 'green', '7': 'red' });
    expect(mine.tables.spy!.rows![0]).toEqual({ when: { SPY_ACT: '31' }, ignore: true });
    expect(mine.tables.spy!.rows!.length).toBe(loadMapping('asycuda-plus').tables.spy!.rows!.length + 1);
  });

  it('a base lies beside the mapping or is shipped, and is never its own', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bases-'));
    const write = (name: string, base: string) => {
      writeFileSync(join(folder, name), `id: mine\nextends: ${base}\n`);
      return join(folder, name);
    };
    write('near.yaml', 'asycuda-plus');
    expect(loadMapping(write('far.yaml', 'near.yaml')).id).toBe('mine');
    write('one.yaml', 'two.yaml');
    for (const path of [
      write('two.yaml', 'one.yaml'),
      write('self.yaml', 'self.yaml'),
      write('absolute.yaml', '/etc/hosts'),
      write('beyond.yaml', '../../etc/hosts'),
      write('parent.yaml', '..'),
    ]) {
      const fault = faultOf(() => loadMapping(path));
      expect([fault.code, fault.where.pointer]).toEqual(['CC_SOURCE_MAPPING_INVALID', '/extends']);
      expect(fault.message).not.toContain('/etc');
    }
    rmSync(folder, { recursive: true });
  });
});
