/** An office on a store of its own, with small rules and a clock that tests set: the check path without the service. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckDocument } from '../../src/check/document.ts';
import { openDrawKeys } from '../../src/check/draw-keys.ts';
import { type Office, openOffice } from '../../src/check/lodge.ts';
import { type OpenDesk, openDesk } from '../../src/check/open-desk.ts';
import { identify } from '../../src/intake/identity.ts';
import type { DeclarationRecord } from '../../src/intake/record.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';
import { smallRules } from '../service/harness.ts';

export interface TestOffice {
  store: Store;
  desk: OpenDesk;
  office: Office;
  clock: { now: Date };
  check(content: Record<string, unknown>, by?: string): Promise<CheckDocument>;
  /** The same store behind a desk that remembers nothing, as after a restart. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export function recordOf(content: Record<string, unknown>, by?: string): DeclarationRecord {
  const declaration = { ...content, format: 'json' } as DeclarationRecord['declaration'];
  return {
    kind: 'declaration',
    identity: identify(declaration),
    declaration,
    trail: [],
    outcomes: [],
    where: {},
    ...(by === undefined ? {} : { by }),
  };
}

const secret = Buffer.alloc(32, 7);
const eve = new Date('2026-03-01T12:00:00Z');

/** @param given a store to share, as replicas do; one of its own otherwise. */
export async function startOffice(options: { profile?: string } = {}, given?: Store): Promise<TestOffice> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
  const store = given ?? (await openDuckdb(folder));
  const clock = { now: new Date('2026-03-02T12:00:00Z') };
  const open = async () => {
    const desk = await openDesk({ rules: smallRules, store, ...options });
    const keys = openDrawKeys(secret, store);
    await keys.commit(eve);
    return { ...desk, keys, now: () => clock.now };
  };
  const desk = await open();
  const started: TestOffice = {
    store,
    desk,
    clock,
    office: openOffice(desk, store),
    async check(content, by) {
      const [lodged] = await started.office.lodge([recordOf(content, by)]);
      return lodged!.check;
    },
    async restart() {
      started.desk.close();
      started.desk = await open();
      await started.desk.refresh();
      started.office = openOffice(started.desk, store);
    },
    async close() {
      started.desk.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return started;
}
