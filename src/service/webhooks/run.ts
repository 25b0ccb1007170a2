/** The webhooks of a running service: after each write, and every second for what others wrote and what is due again. */
import { setTimeout } from 'node:timers/promises';
import { type Runner, runner } from '../../ground/runner.ts';
import { noSeal, type Seal } from '../../ground/seal.ts';
import type { Store } from '../../store/port.ts';
import type { InForce } from '../caller.ts';
import { type AllowedHosts, allowedHosts } from './address.ts';
import { sealSecrets } from './book.ts';
import { openContents } from './content.ts';
import { type Delivering, deliver } from './deliver.ts';
import { follow } from './follow.ts';
import { type WebhookDocument, webhooks } from './model.ts';

export interface Webhooks {
  /** Something was written. */
  poke(): void;
  /** Ends what is under way; what was claimed is tried again by whoever comes next. */
  close(): Promise<void>;
}

export interface WebhooksOptions {
  allowed?: AllowedHosts;
  /** Opens the secrets; they lie as they are where absent. */
  seal?: Seal;
  /** The profile and the rules in force. */
  inForce?: () => InForce;
  attempted?: Delivering['attempted'];
  onError?: (error: unknown) => void;
  now?: () => Date;
  /** Milliseconds between two looks. */
  pollMs?: number;
}

/** A subscription's letters are recorded and sent beside each other: neither waits until the other has nothing left to do. */
interface Line {
  recording: Runner;
  sending: Runner;
}

/** Writes that come close together are followed together. */
const pauseMs = 200;

export function startWebhooks(store: Store, options: WebhooksOptions = {}): Webhooks {
  const stopping = new AbortController();
  const context: Delivering = {
    store,
    contents: openContents(store, options.inForce),
    allowed: options.allowed ?? allowedHosts(),
    seal: options.seal ?? noSeal,
    now: options.now ?? (() => new Date()),
    signal: stopping.signal,
    attempted: options.attempted ?? (() => {}),
  };
  const onError = options.onError ?? (() => {});
  const subscriptions = store.collection<WebhookDocument>(webhooks);
  /** The active ones as they were at the last look, and the work of each: one that hangs holds up itself alone. */
  let active = new Map<string, WebhookDocument>();
  const lines = new Map<string, Line>();

  const following = runner(async () => {
    const { docs } = await subscriptions.find({ limit: 10_000 });
    active = new Map(docs.filter((doc) => doc.active).map((doc) => [doc.id, doc]));
    for (const id of lines.keys()) if (!active.has(id)) lines.delete(id);
    for (const id of active.keys()) {
      const line = lines.get(id) ?? openLine(id);
      lines.set(id, line);
      line.recording.poke();
      line.sending.poke();
    }
    await setTimeout(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
  }, onError);

  function openLine(id: string): Line {
    const serving = () => (stopping.signal.aborted ? undefined : active.get(id));
    const sending = runner(async () => {
      if (serving() !== undefined) await deliver(id, context);
    }, onError);
    const recording: Runner = runner(async () => {
      const webhook = serving();
      if (webhook !== undefined && (await follow(store, webhook, context.now()))) recording.poke();
      sending.poke();
    }, onError);
    return { recording, sending };
  }

  const timer = setInterval(following.poke, options.pollMs ?? 1_000).unref();
  void sealSecrets(store, context.seal).catch(onError).finally(following.poke);
  return {
    // Where nobody listens a write costs nothing; who subscribes is seen at the next look.
    poke: () => {
      if (active.size > 0) following.poke();
    },
    async close() {
      clearInterval(timer);
      stopping.abort();
      await following.settle();
      const work = [...lines.values()];
      await Promise.all(work.map(({ recording }) => recording.settle()));
      await Promise.all(work.map(({ sending }) => sending.settle()));
    },
  };
}
