/** Two replicas that examine the same version at one moment: one check is written, and both callers are answered with it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checks } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { openOffice } from '../../src/check/lodge.ts';
import type { AnswerRecord } from '../../src/intake/record.ts';
import { readAll } from '../../src/store/pages.ts';
import type { CollectionSpec, Store } from '../../src/store/port.ts';
import { declaration } from '../service/harness.ts';
import { recordOf, startOffice, type TestOffice } from './office.ts';

let one: TestOffice;
let other: TestOffice;
/** The store as replicas share it. */
let shared: Store;
beforeAll(async () => {
  one = await startOffice();
  shared = { ...one.store, exclusive: false };
  other = await startOffice({}, shared);
});
afterAll(() => one.close());

/** An office that does something, once, before it writes into a collection for the first time. */
function officeOf(desk: TestOffice['desk'], before: Record<string, () => Promise<unknown>>) {
  const done = new Map<string, Promise<unknown>>();
  const collection = (spec: CollectionSpec) => {
    const held = shared.collection(spec);
    const first = before[spec.name];
    if (first === undefined) return held;
    const putNew: typeof held.putNew = async (docs) => {
      done.set(spec.name, done.get(spec.name) ?? first());
      await done.get(spec.name);
      return held.putNew(docs);
    };
    return { ...held, putNew };
  };
  return openOffice(desk, { ...shared, collection: collection as Store['collection'] });
}

function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const standing = async (reference: string): Promise<CheckDocument[]> => {
  const where = { column: 'declaration', op: 'eq', value: reference } as const;
  const found = await readAll(shared.collection<CheckDocument>(checks), where);
  return found.sort((a, b) => a.ordinal - b.ordinal);
};

it('the same content to both is answered with the check that is written', async () => {
  const content = declaration();
  const office = officeOf(one.desk, { check: () => other.office.lodge([recordOf(content, 'other')]) });
  const [answer] = await office.lodge([recordOf(content, 'one')]);
  const stored = await standing(answer!.check.declaration);
  expect(stored).toHaveLength(1);
  expect(answer!.check).toEqual(stored[0]);
  expect(stored[0]).toMatchObject({ by: 'other' });
});

it('what each hears of it is in the check that stands', async () => {
  const { declaration: reference } = await one.check(declaration());
  const release = (user: string) =>
    ({
      kind: 'answer',
      declaration: reference,
      aliases: [reference],
      trail: [{ kind: 'RELEASE', at: '2026-03-02T11:00:00Z', user }],
      outcomes: [],
      where: {},
    }) satisfies AnswerRecord;
  // The other reads the trail before anything is written here, and writes its check before ours is.
  const examined = gate();
  const goOn = gate();
  const slow = officeOf(other.desk, {
    check: () => {
      examined.open();
      return goOn.opened;
    },
  });
  let heard: Promise<unknown> = Promise.resolve();
  const office = officeOf(one.desk, {
    event: () => {
      heard = slow.receive([release('anna')]);
      return examined.opened;
    },
    check: () => {
      goOn.open();
      return heard;
    },
  });
  const [received] = await office.receive([release('bert')]);
  const stored = await standing(reference);
  expect(stored.map(({ findings }) => findings.find(({ rule }) => rule === 'CON-903')?.message.en)).toEqual([
    undefined,
    '1 releases without payment',
    '2 releases without payment',
  ]);
  expect(received!.superseding?.check).toEqual(stored.at(-1));
});
