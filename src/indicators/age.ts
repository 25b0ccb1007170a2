/**
 * Age since review (T06; customs-practice 5.12): days from the last time somebody decided what a criterion is to the as-of
 * day. Of our own rules that is the day on which the version first checked something; of the clearance system's criteria,
 * the beginning of the record that holds then. It changes with the calendar and not with declarations, so no plan tells it.
 */
import { inForceSince } from '../check/in-force.ts';
import { storedPeople } from '../check/people.ts';
import { daysBetween } from '../projections/calendar.ts';
import { openReferences } from '../sources/reference/store.ts';
import type { Store } from '../store/port.ts';
import type { Definition } from './definition.ts';
import type { FigureTable } from './figure-table.ts';
import type { FigureValue } from './telling.ts';

/** Adds figures of method `age` to a table that is told by the dimension they are of; elsewhere they have no value. */
export async function withAge(
  store: Store,
  definition: Definition,
  table: FigureTable,
): Promise<FigureTable> {
  const figure = definition.figures.find(({ method }) => method === 'age');
  if (figure?.method !== 'age') return table;
  const { asOf } = table.period;
  const reviewed = table.by.includes(figure.of) ? await reviewedBy(store, asOf) : new Map<string, string>();
  return {
    ...table,
    figures: [...table.figures, figure.id],
    rows: table.rows.map(({ key, figures }) => {
      const behind = Object.values(figures)[0]!;
      const since = reviewed.get(key[figure.of] ?? '');
      const age: FigureValue = {
        value: since === undefined ? null : daysBetween(since, asOf),
        unit: figure.unit,
        n: behind.n,
        behind: behind.behind,
        ...(since === undefined ? { note: noteOf(table, figure.of) } : {}),
      };
      return { key, figures: { ...figures, [figure.id]: age } };
    }),
  };
}

const noteOf = (table: FigureTable, of: string): string =>
  table.by.includes(of) ? 'nothing says when it was last reviewed' : `told by ${of} alone`;

/** Day of the last review of each criterion by the as-of day. */
async function reviewedBy(store: Store, asOf: string): Promise<Map<string, string>> {
  const days = new Map<string, string>();
  const say = (criterion: string, day: string): void => {
    if (day <= asOf && day > (days.get(criterion) ?? '')) days.set(criterion, day);
  };
  const [rules, book] = await Promise.all([
    inForceSince(store),
    openReferences(store, storedPeople(store)).book(['criterion']),
  ]);
  for (const [version, day] of rules) say(version.slice(0, version.lastIndexOf('@')), day);
  for (const { criterion, from } of book.all('criterion')) say(criterion, from.slice(0, 10));
  return days;
}
