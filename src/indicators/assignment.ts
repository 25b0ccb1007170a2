/** What the administration's reference records say of assignments: each office's rule, and who was on duty. */
import { addDays } from '../projections/calendar.ts';
import { references } from '../sources/reference/store.ts';
import type { Collection, Document, Filter, Store } from '../store/port.ts';
import type { AssignmentKnowledge } from './pairs.ts';
import type { AssignmentRule } from './statistics/pair-tally.ts';
import { and } from './where.ts';

interface ReferenceRow extends Document {
  kind: string;
  key: string;
  from: string;
  to: string | null;
  recordedAt: string;
  withdrawn: boolean;
  record: Record<string, unknown>;
}

const rules: readonly AssignmentRule[] = ['random', 'workload', 'section', 'chief'];

/** Of what was recorded of one key from one day on, the last word; nothing where it was taken back. */
async function standing(collection: Collection<ReferenceRow>, where: Filter): Promise<ReferenceRow[]> {
  const last = new Map<string, ReferenceRow>();
  let cursor: string | undefined;
  do {
    const page = await collection.find({
      where,
      sort: [{ column: 'recordedAt', direction: 'asc' }],
      limit: 10_000,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const row of page.docs) last.set(`${row.key}|${row.from}`, row);
    cursor = page.next;
  } while (cursor !== undefined);
  return [...last.values()].filter((row) => !row.withdrawn);
}

interface Duty {
  officer: string;
  section: string | null;
  /** Milliseconds from and to; undefined where the roster has days alone. */
  hours: [number, number] | undefined;
}

function hoursOf(from: string, to: string | null): Duty['hours'] {
  if (from.length <= 10 || to === null || to.length <= 10) return undefined;
  return [Date.parse(from), Date.parse(to)];
}

const dayOf = (moment: string): string => moment.slice(0, 10);

/** Rules and roster of a period; both days included. */
export async function assignmentKnowledge(
  store: Store,
  from: string,
  to: string,
): Promise<AssignmentKnowledge> {
  const collection = store.collection<ReferenceRow>(references);
  const offices = await standing(collection, { column: 'kind', op: 'eq', value: 'office' });
  const duties = await standing(
    collection,
    and(
      { column: 'kind', op: 'eq', value: 'duty' },
      { column: 'from', op: 'ge', value: from },
      { column: 'from', op: 'le', value: `${to}~` },
    )!,
  );
  offices.sort((a, b) => (a.from < b.from ? -1 : 1));
  const roster = new Map<string, Duty[]>();
  for (const { record, from, to } of duties) {
    const key = `${record.office}|${record.day}`;
    const list = roster.get(key) ?? [];
    list.push({
      officer: String(record.user),
      section: (record.section as string | undefined) ?? null,
      hours: hoursOf(from, to),
    });
    roster.set(key, list);
  }
  return {
    ruleOf(office, day) {
      const held = offices.findLast(
        (row) =>
          row.record.office === office && dayOf(row.from) <= day && (row.to === null || dayOf(row.to) >= day),
      );
      return rules.find((rule) => rule === held?.record.assignment);
    },
    hasHours: (office, day) =>
      roster.get(`${office}|${day}`)?.every(({ hours }) => hours !== undefined) === true,
    onDuty(office, day, section, at) {
      const moment = at === null ? undefined : Date.parse(at);
      // A night shift stands on the roster of the day on which it begins.
      const night = roster.get(`${office}|${addDays(day, -1)}`)?.filter(({ hours }) => hours !== undefined);
      const there = roster.get(`${office}|${day}`);
      const eligible = (there === undefined || moment === undefined ? there : [...there, ...(night ?? [])])
        ?.filter((each) => section === null || each.section === null || each.section === section)
        .filter(
          ({ hours }) =>
            hours === undefined || moment === undefined || (moment >= hours[0] && moment < hours[1]),
        )
        .map(({ officer }) => officer);
      return eligible === undefined ? undefined : [...new Set(eligible)];
    },
  };
}
