/** Files that cannot be read to their end: what stands before that is kept and told, and the other files are read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesk } from '../../src/check/open-desk.ts';
import { type OpenService, openService } from '../../src/service/open.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { announceRunning } from '../../src/store/running.ts';
import { declaration, smallRules } from '../service/harness.ts';
import { crosscheck } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const lines = (count: number): string =>
  Array.from({ length: count }, () => `${JSON.stringify(declaration())}\n`).join('');

/** Of each way of being broken off, a file with at least 20 declarations before the place. */
const cut = (name: string): string => {
  const packed = gzipSync(lines(400));
  return file(`${name}.ndjson.gz`, packed.subarray(0, Math.floor(packed.length * 0.8)));
};
const undecodable = (name: string): string => {
  const text = Buffer.from(lines(400), 'utf16le');
  text.writeUInt16LE(0xd800, Math.floor(text.length * 0.9) & ~1);
  return file(`${name}.ndjson`, Buffer.concat([Buffer.from([0xff, 0xfe]), text]));
};
const unknown = (name: string): string => file(`${name}.txt`, 'nothing that anybody reads');

const service = { running: undefined as OpenService | undefined, store: undefined as Store | undefined };
const taken = join(folder, 'taken');
beforeAll(async () => {
  service.store = await openDuckdb(taken);
  const desk = await openDesk({ rules: smallRules, store: service.store });
  service.running = await openService({ store: service.store, desk });
  announceRunning(taken, { url: await service.running.app.listen({ port: 0, host: '127.0.0.1' }) });
});
afterAll(async () => {
  await service.running?.close();
  await service.store?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ['with the store ours', join(folder, 'ours')],
  ['through a service', taken],
])('%s', (way, data) => {
  const imported = async (...files: string[]) => {
    const { code, out, err } = await crosscheck('import', ...files, '--data', data, '--json');
    expect(err).toBe('');
    return { code, report: JSON.parse(out) };
  };

  it.each([
    ['a packed file that was cut', cut, 'CC_FILE_UNREADABLE', 20],
    ['bytes that are no text any more', undecodable, 'CC_ENCODING', 20],
    ['a format that nobody knows', unknown, /CC_FORMAT_UNKNOWN/, 0],
  ])('%s', async (name, broken, problem, kept) => {
    const whole = file(`${way} ${name} whole.ndjson`, lines(2));
    const { code, report } = await imported(broken(`${way} ${name}`), whole);
    expect(code).toBe(0);
    expect(report.declarations.new).toBeGreaterThanOrEqual(kept + 2);
    const last = report.problems.at(-1);
    expect(`${last.code} ${last.detail}`).toMatch(problem);
    expect(last.where.file).toContain(name);
    // It is there: sent again it is known.
    expect((await imported(whole)).report.declarations).toEqual({ new: 0, repeated: 2 });
  });
});
