/** Builds are told apart by what they evaluate with, and a replay says when another one wrote the check. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as specs from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { digestOf, engineVersion, rooms } from '../../src/check/engine-version.ts';
import { fromRoot, packageVersion } from '../../src/ground/paths.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { crosscheck } from '../cli/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the version of the engine', () => {
  const build = (name: string): string => {
    const copy = join(folder, name);
    cpSync(fromRoot('src'), join(copy, 'src'), { recursive: true });
    return copy;
  };
  const digest = (root: string) => digestOf(join(root, 'src'), root);

  it('is the release and the same for every copy of a build', () => {
    expect(engineVersion()).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{12}$/);
    expect(engineVersion().startsWith(`${packageVersion}+`)).toBe(true);
    expect(digestOf(fromRoot('src'), fromRoot())).toBe(engineVersion().split('+')[1]);
    expect(digest(build('one'))).toBe(digest(build('two')));
  });

  it('is another one where anything that evaluates is another', () => {
    const root = build('three');
    const seen = [digest(root)];
    const another = (change: () => void) => {
      change();
      expect(seen).not.toContain(digest(root));
      seen.push(digest(root));
    };
    another(() => writeFileSync(join(root, 'src/engine/operators/equal.ts'), 'export {};\n'));
    another(() =>
      renameSync(join(root, 'src/engine/operators/equal.ts'), join(root, 'src/engine/operators/same.ts')),
    );
    another(() => rmSync(join(root, 'src/facts/computed'), { recursive: true }));
    const library = join(root, 'node_modules', 're2js');
    mkdirSync(library, { recursive: true });
    another(() => writeFileSync(join(library, 'package.json'), '{"version":"2.0.0"}'));
    another(() => writeFileSync(join(library, 'package.json'), '{"version":"2.0.1"}'));
  });

  it('is of every module that a check reaches, but for messages of errors, paging through a store and what is written to it', () => {
    const reached = new Set<string>();
    const next = ['check/open-desk.ts', 'check/examine.ts', 'check/replay.ts'];
    for (let module = next.pop(); module !== undefined; module = next.pop()) {
      if (reached.has(module)) continue;
      reached.add(module);
      const text = readFileSync(fromRoot('src', module), 'utf8');
      for (const [, names, from] of text.matchAll(
        /^(?:import|export)\s+(?!type\b)([^;']*?)from '(\.[^']+)'/gm,
      )) {
        const parts = /^\{([^}]*)\}\s*$/
          .exec(names!)?.[1]
          ?.split(',')
          .map((part) => part.trim());
        // What is imported as a type alone is not there when it runs.
        if (parts?.every((part) => part === '' || part.startsWith('type '))) continue;
        next.push(join(dirname(module), from!).split(sep).join('/'));
      }
    }
    expect(reached.size).toBeGreaterThan(250);
    expect(reached).toContain('sources/tariff/taxes.ts');
    const outside = [...reached].filter((module) => !rooms.includes(module.split('/')[0]!));
    expect(outside.sort()).toEqual(['errors.ts', 'store/as-written.ts', 'store/pages.ts']);
  });

  it('does not move with what only shows or stores', () => {
    const root = build('four');
    const before = digest(root);
    writeFileSync(join(root, 'src/service/health.ts'), 'export {};\n');
    expect(digest(root)).toBe(before);
  });
});

describe('a replay', () => {
  const data = join(folder, 'data');
  let check: CheckDocument;
  beforeAll(async () => {
    const file = fromRoot('docs', 'example-declaration.json');
    expect((await crosscheck('import', file, '--data', data)).code).toBe(0);
    const store = await openDuckdb(data);
    check = (await store.collection<CheckDocument>(specs.checks).find({ limit: 1 })).docs[0]!;
    await store.close();
  }, 120_000);

  const replayOf = async (change: Partial<CheckDocument>) => {
    const store = await openDuckdb(data);
    await store.collection<CheckDocument>(specs.checks).put([{ ...check, ...change }]);
    await store.close();
    return crosscheck('replay', check.id, '--data', data);
  };
  const older = { engine: '0.1.0' };

  it('says that the same engine wrote it', async () => {
    const { code, out } = await replayOf({});
    expect([code, out]).toEqual([
      0,
      `${check.id}: the same bytes\n  engine ${engineVersion()}, which wrote it\n`,
    ]);
  });

  it('of a check that was changed accuses the check under the same engine', async () => {
    const { code, out } = await replayOf({ score: check.score + 1 });
    expect(code).toBe(1);
    expect(out).toContain('which wrote it: the check, or what it stands on, is not what was written');
  });

  it('under another engine says so before any difference', async () => {
    const versions = { ...check.versions, ...older };
    const same = await replayOf({ versions });
    expect([same.code, same.out]).toEqual([
      0,
      `${check.id}: the same bytes\n  written by another engine: 0.1.0 then, ${engineVersion()} now\n`,
    ]);
    const otherwise = await replayOf({ versions, score: check.score + 1 });
    expect(otherwise.code).toBe(1);
    expect(otherwise.out.split('\n')[1]).toBe(
      `  written by another engine: 0.1.0 then, ${engineVersion()} now; the difference may be between the two, and the one that wrote it can tell`,
    );
  });
});
