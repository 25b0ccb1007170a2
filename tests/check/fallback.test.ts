/** What is answered when facts, store or time fail, and what becomes of it. */
import { afterEach, describe, expect, it } from 'vitest';
import type { DeclarationDocument } from '../../src/check/collections.ts';
import * as specs from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { degradedChecks, openFallback } from '../../src/check/fallback.ts';
import { openOffice } from '../../src/check/lodge.ts';
import type { Lodged } from '../../src/check/lodged.ts';
import { replay } from '../../src/check/replay.ts';
import { openTold } from '../../src/check/told.ts';
import { CrosscheckError } from '../../src/errors.ts';
import type { DeclarationRecord } from '../../src/intake/record.ts';
import { useProfile } from '../../src/selectivity/profile.ts';
import type { Store } from '../../src/store/port.ts';
import { declaration, overweight } from '../service/harness.ts';
import { recordOf, startOffice, type TestOffice } from './office.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function started(
  lodge: (office: TestOffice, record: DeclarationRecord) => Promise<Lodged>,
  change: { ms?: number; store?: (store: Store) => Store } = {},
) {
  const office = await startOffice();
  closing.push(() => office.close());
  const profile = useProfile({
    ...office.desk.profile().profile,
    fallbackAfterMs: change.ms ?? 5_000,
    random: [],
  });
  const desk = { ...office.desk, profile: () => profile };
  const checker = openOffice(desk, office.store);
  const fallback = openFallback({
    desk,
    store: change.store?.(office.store) ?? office.store,
    office: checker,
    lodge: (record) => lodge({ ...office, office: checker }, record),
  });
  closing.push(() => fallback.close());
  return { ...office, office: checker, fallback };
}

const failing = () => Promise.reject(new Error('history does not answer'));

describe('a check that fails for no fault of the message', () => {
  it('is answered with the fallback lane, and done again without lowering it', async () => {
    const { fallback, store } = await started(failing);
    const { check } = await fallback.lodge(recordOf(declaration(), 'key-1'));
    expect(check).toMatchObject({ lane: 'yellow', degraded: true, reasons: [{ kind: 'fallback' }] });
    await expect(replay(store, check.id)).rejects.toMatchObject({ code: 'CC_NOT_EVALUATED', status: 409 });
    await expect(replay(store, 'D-none')).rejects.toMatchObject({ code: 'CC_NOT_FOUND' });
    expect(await fallback.redo()).toBe(1);
    const { redone } = (await fallback.get(check.id))!;
    const again = (await store.collection<CheckDocument>(specs.checks).get(redone!))!.doc;
    expect(again).toMatchObject({
      lane: 'yellow',
      reasons: [{ kind: 'answered', lane: 'yellow' }],
      circumstances: { answered: { check: check.id, lane: 'yellow' } },
    });
    expect(again.degraded).toBeUndefined();
    expect((await replay(store, again.id)).same).toBe(true);
    // The answer itself evaluated nothing: what took its place is what can be evaluated again.
    expect(await replay(store, check.id)).toMatchObject({ check: again.id, same: true });
    expect(await fallback.redo()).toBe(0);
  });

  it('does not take the place of a later version that came before it could be done again', async () => {
    const { fallback, store, office, clock } = await started(failing);
    const first = declaration();
    const { check } = await fallback.lodge(recordOf(first, 'key-1'));
    clock.now = new Date(clock.now.getTime() + 1_000);
    const amended = recordOf({ ...first, localReference: 'amended' }, 'key-2');
    const [standing] = await office.lodge([amended]);
    expect(standing!.check).toMatchObject({ version: 1, lane: 'green' });
    clock.now = new Date(clock.now.getTime() + 1_000);
    expect(await fallback.redo()).toBe(1);
    const redone = (await fallback.get(check.id))!.redone!;
    const again = (await store.collection<CheckDocument>(specs.checks).get(redone))!.doc;
    // What was answered is not lowered all the same, and who was told it is told of this.
    expect(again).toMatchObject({
      version: 1,
      lane: 'yellow',
      supersedes: standing!.check.id,
      told: ['key-2', 'key-1'],
    });
    const told = await openTold(store).of(again.declaration);
    expect(told.map(({ subject, checks, knows }) => [subject, checks, knows])).toEqual([
      ['key-1', [check.id], false],
      ['key-2', [standing!.check.id], false],
    ]);
    // The first content sent again is a change back, hence a new version.
    const [back] = await office.lodge([recordOf(first)]);
    expect(back!.check.version).toBe(2);
  });

  it('takes the place of an earlier version, in the order in which they came', async () => {
    const { fallback, store, clock } = await started(failing);
    const first = declaration();
    for (const localReference of ['one', 'two', 'three']) {
      await fallback.lodge(recordOf({ ...first, localReference }));
      clock.now = new Date(clock.now.getTime() + 1_000);
    }
    clock.now = new Date(clock.now.getTime() + 60_000);
    expect(await fallback.redo()).toBe(3);
    const { docs } = await store
      .collection<DeclarationDocument>(specs.declarations)
      .find({ sort: [{ column: 'version', direction: 'asc' }], limit: 10 });
    expect(docs.map((doc) => doc.declaration.localReference)).toEqual(['one', 'two', 'three']);
  });

  it('takes the stricter lane of its own findings when it is done again', async () => {
    const { fallback, store } = await started(failing);
    const { check } = await fallback.lodge(
      recordOf({ ...declaration(overweight), valuation: { cif: { amount: 2_000_000, currency: 'XTS' } } }),
    );
    await fallback.redo();
    const { redone } = (await fallback.get(check.id))!;
    const again = (await store.collection<CheckDocument>(specs.checks).get(redone!))!.doc;
    expect(again.score).toBeGreaterThan(40);
    expect(again.reasons[0]!.kind).toBe('score');
  });

  it('keeps the trail that came with it, under surrogates alone', async () => {
    const { fallback, store } = await started(failing);
    const record = recordOf(declaration());
    record.trail = [{ kind: 'RELEASE', at: '2026-03-02T10:00:00Z', user: 'anna.by.name' }];
    const { check } = await fallback.lodge(record);
    expect(JSON.stringify(await store.collection(degradedChecks).get(check.id))).not.toContain('by.name');
    await fallback.redo();
    const { redone } = (await fallback.get(check.id))!;
    const again = (await store.collection<CheckDocument>(specs.checks).get(redone!))!.doc;
    expect(again.findings.map(({ rule }) => rule)).toContain('CON-903');
  });

  it('is tried again after a failure, and counted', async () => {
    let broken = true;
    const { office, fallback } = await started(failing);
    const lodge = office.lodge;
    office.lodge = (...given) => (broken ? failing() : lodge(...given));
    const { check } = await fallback.lodge(recordOf(declaration()));
    expect(await fallback.redo()).toBe(0);
    expect(await fallback.get(check.id)).toMatchObject({ attempts: 1, redone: null });
    broken = false;
    expect(await fallback.redo()).toBe(1);
  });

  it('is refused where the fault is the message’s', async () => {
    const { fallback, store } = await started(() =>
      Promise.reject(new CrosscheckError('CC_REQUEST_INVALID', { pointer: '/', problem: 'no' })),
    );
    await expect(fallback.lodge(recordOf(declaration()))).rejects.toThrow(
      expect.objectContaining({ code: 'CC_REQUEST_INVALID' }),
    );
    expect(await store.collection(degradedChecks).count()).toBe(0);
  });
});

describe('a check that takes longer than its budget', () => {
  it('is answered with the fallback lane; what it comes to later does not lower it', async () => {
    let finish: () => void = () => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let late: Promise<Lodged> | undefined;
    const { fallback, store } = await started(
      ({ office }, record) => {
        late = slow.then(async () => (await office.lodge([record]))[0]!);
        return late;
      },
      { ms: 300 },
    );
    const { check } = await fallback.lodge(recordOf(declaration()));
    expect(check).toMatchObject({ degraded: true, lane: 'yellow' });
    finish();
    expect((await late!).check.lane).toBe('green');
    await fallback.redo();
    const { redone } = (await fallback.get(check.id))!;
    const again = (await store.collection<CheckDocument>(specs.checks).get(redone!))!.doc;
    expect(again).toMatchObject({ lane: 'yellow', ordinal: 1, supersedes: (await late!).check.id });
  });
});

describe('where the store takes nothing', () => {
  const deaf =
    (answer: () => Promise<never>) =>
    (store: Store): Store => ({
      ...store,
      collection: ((spec: Parameters<Store['collection']>[0]) =>
        spec.name === degradedChecks.name
          ? { ...store.collection(spec), putNew: answer }
          : store.collection(spec)) as Store['collection'],
    });

  it.each([
    ['it refuses', () => Promise.reject(new CrosscheckError('CC_STORE_UNAVAILABLE', { problem: 'gone' }))],
    ['it does not answer', () => new Promise<never>(() => {})],
  ])('nothing is acknowledged, and the refusal names the fallback lane: %s', async (_, answer) => {
    const { fallback } = await started(failing, { ms: 200, store: deaf(answer) });
    await expect(fallback.lodge(recordOf(declaration()))).rejects.toThrow(
      expect.objectContaining({
        code: 'CC_CHECK_NOT_KEPT',
        status: 503,
        params: expect.objectContaining({ lane: 'yellow' }),
      }),
    );
  });
});
