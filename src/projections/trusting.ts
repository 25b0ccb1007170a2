/**
 * Whose rows must be told anew because a register said something, of programmes, of the clocks of offices, or of when there was
 * anybody to work: a record may come long after the days for which it holds. How far the register was followed is kept beside the
 * cursors, and moved when the rows are written.
 */
import type { ReferenceDocument } from '../sources/reference/book.ts';
import { references } from '../sources/reference/store.ts';
import { pages, readWhere } from '../store/pages.ts';
import type { Document, Filter, Store } from '../store/port.ts';
import { addDays } from './calendar.ts';
import { type ClearanceRow, clearance } from './clearance.ts';
import { rosterOf } from './context.ts';
import { cursors } from './cursors.ts';
import type { FoldContext } from './history.ts';
import type { Roster } from './roster.ts';
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
  /**
   * Declarations whose row says another thing of its trader than the register does now, those of offices whose clock was told,
   * and those that were in somebody's hands on days of which calendar or roster were.
   */
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
  const spells = openSpells();
  let seq = from;
  for (;;) {
    const fresh = await store.collection<ReferenceDocument>(references).since(seq, page);
    if (fresh.length === 0) break;
    seq = fresh.at(-1)!.seq;
    for (const { doc } of fresh) {
      if (doc.kind === 'programme') traders.add(String(doc.record.trader));
      if (doc.kind === 'office' && doc.record.timezone !== undefined) offices.add(String(doc.record.office));
      if (worked.has(doc.kind)) spells.add(doc);
    }
  }
  if (seq === from) return undefined;
  const done = async (): Promise<void> => {
    await kept.put([{ id: followedId, seq, register: register || traders.size > 0 }]);
  };
  if (traders.size === 0 && offices.size === 0 && spells.of.size === 0) {
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
      for (const where of spells.filters(await rosterOf(store)))
        for await (const docs of pages(rows, { where })) for (const { id } of docs) found.add(id);
      // Where the register of programmes begins everything is told anew.
      for (const party of register ? parties : [])
        for (const row of await readWhere(rows, party, [...traders]))
          if ((row.trusted ?? null) !== trustedOf(placeOf(row), context)) found.add(row.id);
      return [...found].sort();
    },
  };
}

/** Kinds that say when there was anybody to work. */
const worked: ReadonlySet<string> = new Set(['calendar', 'holiday', 'duty']);
const noEnd = '9999-01-01';
/** Days by which two spells may lie apart and be looked for as one. */
const slack = 7;

interface Spell {
  from: string;
  to: string;
}

/** Days of which something was said, by office, `*` for all; together where they lie close, as the days of a roster do. */
function openSpells() {
  const of = new Map<string, Spell[]>();
  const rosters = new Set<Spell>();
  return {
    of,
    add({ kind, record, from, to }: ReferenceDocument): void {
      const office = `${record.office}`;
      const day = kind === 'calendar' ? undefined : String(record.day).slice(0, 10);
      const told = { from: day ?? from.slice(0, 10), to: day ?? to?.slice(0, 10) ?? noEnd };
      const spells = of.get(office) ?? [];
      of.set(office, spells);
      let near = spells.find(
        (each) => told.from <= addDays(each.to, slack) && told.to >= addDays(each.from, -slack),
      );
      if (near === undefined) {
        near = told;
        spells.push(told);
      }
      if (told.from < near.from) near.from = told.from;
      if (told.to > near.to) near.to = told.to;
      if (kind === 'duty') rosters.add(near);
    },
    filters(roster: Roster): Filter[] {
      return [...of].flatMap(([office, spells]) =>
        spells.flatMap((spell) => {
          if (office !== '*') return [inHands(office, reaching(roster, office, spell, rosters.has(spell)))];
          const wider = [...roster.offices()].filter(
            (each) => roster.gaps(each, spell.from, spell.to).length > 0,
          );
          return [
            inHands(undefined, spell),
            ...wider.map((each) => inHands(each, reaching(roster, each, spell, false))),
          ];
        }),
      );
    },
  };
}

/** Of rows that a spell is about, the days: a roster is kept between its days, and what is said of one day of a gap is said of it all. */
function reaching(roster: Roster, office: string, { from, to }: Spell, isRoster: boolean): Spell {
  const isWider = isRoster || roster.gaps(office, from, to).length > 0;
  const [before, after] = isWider ? roster.around(office, from, to) : [from, to];
  return { from: before, to: after };
}

function inHands(office: string | undefined, { from, to }: Spell): Filter {
  return {
    and: [
      ...(office === undefined ? [] : [{ column: 'office', op: 'eq', value: office } as const]),
      { column: 'assessedDay', op: 'ge', value: from },
      // A shift over midnight reaches into the day after.
      ...(to === noEnd ? [] : [{ column: 'registeredDay', op: 'le', value: addDays(to, 1) } as const]),
    ],
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
