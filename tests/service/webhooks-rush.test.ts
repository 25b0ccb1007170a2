/** Webhooks while callers rush: there is always something new to record, and letters go out all the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { noSeal } from '../../src/ground/seal.ts';
import { openWebhookBook } from '../../src/service/webhooks/book.ts';
import { newDelivery } from '../../src/service/webhooks/follow.ts';
import { type DeliveryDocument, deliveries } from '../../src/service/webhooks/model.ts';
import { startWebhooks } from '../../src/service/webhooks/run.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Collection, CollectionSpec, Document, Store } from '../../src/store/port.ts';
import { declaration, post, startService } from './harness.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-rush-'));
let store: Store;
let receiver: Receiver;
let template: CheckDocument;

beforeAll(async () => {
  receiver = await startReceiver();
  store = await openDuckdb(folder);
  const harness = await startService();
  const { body } = await post(harness, '/v1/checks', declaration());
  template = (await harness.store.collection<CheckDocument>(checks).get(body.id))!.doc;
  await harness.close();
});
afterAll(async () => {
  await store.close();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

let number = 0;
const another = (): CheckDocument => ({ ...template, id: `C-${++number}` });

const book = () => openWebhookBook(store, new Set([receiver.host]), noSeal);
const subscribed = () =>
  book().create(
    { role: 'analyst', subject: 'the test' },
    {
      label: 'rush',
      url: receiver.url,
      kinds: ['check.created', 'check.superseded'],
      audience: 'examiner',
    },
    new Date(),
  );

describe('while there is always another check', () => {
  it('the first letters go out', async () => {
    /** Each time that letters are recorded the next check is there already. */
    let rush = true;
    const rushed: Store = Object.assign(Object.create(store) as Store, {
      collection<T extends Document>(spec: CollectionSpec): Collection<T> {
        const real = store.collection<T>(spec);
        if (spec.name !== deliveries.name) return real;
        return {
          ...real,
          async putNew(docs: readonly T[]) {
            if (rush) await store.collection<CheckDocument>(checks).putNew([another()]);
            return real.putNew(docs);
          },
        };
      },
    });
    const { id } = await subscribed();
    await store.collection<CheckDocument>(checks).putNew([another()]);
    const service = startWebhooks(rushed, { allowed: new Set([receiver.host]), pollMs: 100 });
    try {
      await expect
        .poll(() => receiver.letters.length, { timeout: 20_000, interval: 50 })
        .toBeGreaterThanOrEqual(3);
    } finally {
      rush = false;
      await service.close();
      await book().remove(id);
    }
  });

  it('what changes something told before does not queue behind all that is new', async () => {
    const { id } = await subscribed();
    await store.collection<CheckDocument>(checks).putNew([template]);
    const at = (minute: number) => `2026-03-02T10:0${minute}:00.000Z`;
    const waiting = Array.from({ length: 100 }, (_, each) => ({
      ...newDelivery(id, 'check.created', template.id, template.office, at(0)),
      id: `msg_new_${each}`,
    }));
    const changed = newDelivery(id, 'check.superseded', template.id, template.office, at(1));
    await store.collection<DeliveryDocument>(deliveries).put([...waiting, changed]);
    receiver.letters.length = 0;
    const service = startWebhooks(store, { allowed: new Set([receiver.host]) });
    try {
      const place = () => receiver.letters.findIndex(({ headers }) => headers['webhook-id'] === changed.id);
      await expect.poll(place, { timeout: 30_000, interval: 50 }).toBeGreaterThanOrEqual(0);
      // With the first of them, and nothing that is new waits for ever either.
      expect(place()).toBeLessThan(32);
      await expect
        .poll(() => receiver.letters.length, { timeout: 60_000, interval: 100 })
        .toBeGreaterThanOrEqual(101);
    } finally {
      await service.close();
    }
  }, 120_000);
});
