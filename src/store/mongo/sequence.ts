/**
 * The order of writing across replicas, for `since`. A counter alone would not do: the writer that took 5 may finish
 * after the one that took 6, and a reader who saw 6 would never see 5. So each collection has one record
 *
 *     { _id: collection, seq: last number given, pending: { writer: { from, at } } }
 *
 * in which a writer takes numbers and, in the same step, says from where on it may still be writing. It takes itself off
 * when its documents are durable. Readers go no further than the lowest number somebody may still be writing.
 *
 * A writer that died stays listed; after `lease` readers strike it off, and nothing of it can still arrive, because it
 * wrote at once and the server ends a write after `writeLimit`. A writer that was merely slow or stopped for so long finds out: it
 * takes new numbers for what it wrote before anybody is told that it is durable. Times are the server's.
 */
import { type Document as BsonDocument, type Collection, Long } from 'mongodb';

/** Milliseconds after which a silent writer is struck off. */
export const lease = 6_000;
/** Milliseconds after which the server ends a write. */
export const writeLimit = 3_000;

export interface Taken {
  /** The first of the numbers; the others follow. */
  from: number;
  writer: string;
  takenAt: Instant;
}

/** Both clocks: the one that does not jump, and the one that goes on while a virtual machine is stopped. */
interface Instant {
  steady: number;
  wall: number;
}

const now = (): Instant => ({ steady: performance.now(), wall: Date.now() });

const elapsed = (since: Instant): number =>
  Math.max(performance.now() - since.steady, Date.now() - since.wall);

/** True when readers may have struck the writer off meanwhile. */
export const mayHaveLapsed = (taken: Taken): boolean => elapsed(taken.takenAt) > lease / 2;

type Records = Collection<BsonDocument & { _id: string }>;

export async function takeNumbers(
  records: Records,
  collection: string,
  writer: string,
  count: number,
): Promise<Taken> {
  const takenAt = now();
  const record = await records.findOneAndUpdate(
    { _id: collection },
    [
      {
        $set: {
          seq: { $add: [{ $ifNull: ['$seq', Long.ZERO] }, Long.fromNumber(count)] },
          pending: {
            $mergeObjects: [
              '$pending',
              { [writer]: { from: { $add: [{ $ifNull: ['$seq', Long.ZERO] }, Long.ONE] }, at: '$$NOW' } },
            ],
          },
        },
      },
    ],
    { upsert: true, returnDocument: 'after', projection: { seq: 1 }, maxTimeMS: writeLimit },
  );
  const taken = { from: Number(record!.seq) - count + 1, writer, takenAt };
  // Stopped on the way: what is written now could arrive too late.
  return mayHaveLapsed(taken) ? takeNumbers(records, collection, writer, count) : taken;
}

/** Takes the writer off the list; false when it was not on it any more. */
export async function release(records: Records, collection: string, taken: Taken): Promise<boolean> {
  const { matchedCount } = await records.updateOne(
    { _id: collection, [`pending.${taken.writer}.from`]: Long.fromNumber(taken.from) },
    { $unset: { [`pending.${taken.writer}`]: '' } },
    { maxTimeMS: writeLimit },
  );
  return matchedCount === 1;
}

/** The highest number up to which nothing more will appear. */
export async function settledUpTo(records: Records, collection: string): Promise<number> {
  const read = () => records.findOne({ _id: collection }, { projection: { seq: 1, pending: 1 } });
  let record = await read();
  const pendingOf = (): { from: unknown; at: Date }[] => Object.values(record?.pending ?? {});
  const isOld = ({ at }: { at: Date }): boolean => Date.now() - at.getTime() > lease;
  if (seenLong(records, collection, record?.pending ?? {}) || pendingOf().some(isOld)) {
    await strikeOff(records, collection);
    record = await read();
  }
  return Math.min(Number(record?.seq ?? 0), ...pendingOf().map(({ from }) => Number(from) - 1));
}

/** When this process first saw a writer where it still is, by the clock that does not jump: those of two machines may differ by hours. */
const firstSeen = new WeakMap<Records, Map<string, Map<string, number>>>();

/** Whether somebody has been writing for longer than a lease, as far as is known here; the server decides by its own clock. */
function seenLong(
  records: Records,
  collection: string,
  pending: Readonly<Record<string, { from: unknown }>>,
): boolean {
  const seen = firstSeen.get(records) ?? new Map<string, Map<string, number>>();
  firstSeen.set(records, seen);
  const before = seen.get(collection);
  const present = new Map(
    Object.entries(pending).map(([writer, { from }]) => {
      const place = `${writer} ${from}`;
      return [place, before?.get(place) ?? performance.now()] as const;
    }),
  );
  seen.set(collection, present);
  return [...present.values()].some((since) => performance.now() - since > lease);
}

const strikeOff = (records: Records, collection: string): Promise<unknown> =>
  records.updateOne({ _id: collection }, [
    {
      $set: {
        pending: {
          $arrayToObject: {
            $filter: {
              input: { $objectToArray: '$pending' },
              cond: { $gt: ['$$this.v.at', { $subtract: ['$$NOW', lease] }] },
            },
          },
        },
      },
    },
  ]);
