/**
 * Whose rows must be told anew because a register said something, of programmes or of the clocks of offices: a record may come
 * long after the days for which it holds. How far the register was followed is kept beside the cursors, and moved when the rows are written.
 */
import type { ReferenceDocument } from '../sources/reference/book.ts';
import { references } from '../sources/reference/store.ts';
import { readWhere } from '../store/pages.ts';
import type { Document, Store } from '../store/port.ts';
import { type ClearanceRow, clearance } from './clearance.ts';
import { cursors } from './cursors.ts';
import type { FoldContext } from './history.ts';
import { trustedOf } from './trusted.ts';

interface Followed extends Document {
  /** The last reference record that was looked at. */
  seq: number;
  /** There is a register of programmes at all. */
  register: boolean;
}

const followedId = 'programmes';
const page = 1_000;
const parties = ['importer', 'exporter', 'consignee'] as const;

export interface Recorded {
  /** Until now there was no register: nothing was said of anybody. */
  begins: boolean;
  /** Declarations whose row says another thing of its trader than the register does now, and those of offices whose clock was told. */
  touched(context: Pick<FoldContext, 'trusted'>): Promise<string[]>;
  /** To be called when their rows are written. */
  done(): Promise<void>;
}

/** To be asked before the register is read for the folds. Undefined where it says nothing new. */
export async function registersRecorded(store: Store): Promise<Recorded | undefined> {
  const kept = store.collection<Followed>(cursors);
  const before = await kept.get(followedId);
  const { seq: from, register } = before?.doc ?? { seq: 0, register: false };
  const traders = new Set<string>();
  const offices = new Set<string>();
  let seq = from;
  for (;;) {
    const fresh = await store.collection<ReferenceDocument>(references).since(seq, page);
    if (fresh.length === 0) break;
    seq = fresh.at(-1)!.seq;
    for (const { doc } of fresh) {
      if (doc.kind === 'programme') traders.add(String(doc.record.trader));
      if (doc.kind === 'office' && doc.record.timezone !== undefined) offices.add(String(doc.record.office));
    }
  }
  if (seq === from) return undefined;
  const done = async (): Promise<void> => {
    await kept.put([{ id: followedId, seq, register: register || traders.size > 0 }]);
  };
  if (traders.size === 0 && offices.size === 0) {
    await done();
    return undefined;
  }
  return {
    begins: !register && traders.size > 0,
    done,
    async touched(context) {
      const rows = store.collection<ClearanceRow>(clearance.spec);
      const found = new Set<string>();
      for (const row of await readWhere(rows, 'office', [...offices])) found.add(row.id);
      // Where the register of programmes begins everything is told anew.
      for (const party of register ? parties : [])
        for (const row of await readWhere(rows, party, [...traders]))
          if ((row.trusted ?? null) !== trustedOf(placeOf(row), context)) found.add(row.id);
      return [...found].sort();
    },
  };
}

/** Columns without anything to say are left out of a stored row. */
const placeOf = ({
  importer = null,
  exporter = null,
  consignee = null,
  day = null,
}: Partial<ClearanceRow>) => ({
  importer,
  exporter,
  consignee,
  day,
});
