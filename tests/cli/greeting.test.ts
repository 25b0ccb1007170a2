/** The calls that `serve` prints to try are answered, with keys as without. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDesk } from '../../src/check/open-desk.ts';
import { greeting } from '../../src/cli/greeting.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { buildService } from '../../src/service/app.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { announceRunning } from '../../src/store/running.ts';
import { smallRules } from '../service/harness.ts';
import { crosscheck } from './run.ts';

it.each([true, false])(
  'with keys: %s',
  async (withKeys) => {
    // A folder that a shell would take apart.
    const data = join(mkdtempSync(join(tmpdir(), 'crosscheck-greeting-')), "the customs' data");
    const store = await openDuckdb(data);
    const desk = await openDesk({ rules: smallRules });
    const authentication = withKeys ? { keys: openKeys(store) } : undefined;
    const token = 'of-this-machine';
    const app = await buildService({
      store,
      desk,
      localToken: token,
      ...(authentication === undefined ? {} : { authentication }),
      limits: { eventLoopDelayMs: 0 },
    });
    try {
      const address = await app.listen({ port: 0, host: '127.0.0.1' });
      const withdraw = announceRunning(data, { url: address, token });
      const text = greeting({ address, where: data, data, authentication });
      const calls = text.split('\n').filter((line) => line.startsWith('  curl'));
      expect(calls.length).toBe(2);
      for (const call of calls) {
        const [, made] = /\$\(npx crosscheck ([^)]*)\)/.exec(call) ?? [];
        expect(made !== undefined).toBe(withKeys);
        let key: string | undefined;
        if (made !== undefined) {
          const named = ` --data '${data.replaceAll("'", "'\\''")}'`;
          expect(made).toContain(named);
          const ran = await crosscheck(...made.replace(named, '').split(' '), '--data', data);
          expect([ran.code, ran.err]).toEqual([0, '']);
          key = ran.out.trim();
          // The shell must put the key where a bearer's credential stands.
          expect(call).toContain(`-H "authorization: Bearer $(npx crosscheck ${made})"`);
        }
        const url = /http:\/\/[^\s']+'?[^\s']*/.exec(call)![0].replace("'", '');
        const posts = call.includes('-X POST');
        const answer = await fetch(url, {
          method: posts ? 'POST' : 'GET',
          headers: {
            ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
            ...(posts ? { 'content-type': 'application/json' } : {}),
          },
          ...(posts ? { body: readFileSync(fromRoot('docs', 'example-declaration.json')) } : {}),
        });
        expect([answer.status, answer.status === 200 || (await answer.text())]).toEqual([200, true]);
      }
      withdraw();
    } finally {
      await app.close();
      desk.close();
      await store.close();
      rmSync(data, { recursive: true, force: true });
    }
  },
  120_000,
);

it('with tokens alone they say what has to be in them', () => {
  const oidc = async () => {
    throw new Error('not asked here');
  };
  const text = greeting({ address: 'http://x', where: 'y', authentication: { oidc } });
  expect(text).toContain('a token of your issuer in $ANALYST and $SYSTEM');
  expect(text).toContain('-H "authorization: Bearer $SYSTEM"');
});
