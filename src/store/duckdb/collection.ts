/** The port's collection on a DuckDB table. */
import { setImmediate } from 'node:timers/promises';
import { CrosscheckError } from '../../errors.ts';
import { checkId, columnsOf, exactNumber, type Row, rowOf } from '../columns.ts';
import type {
  AggregateRow,
  Collection,
  CollectionSpec,
  ColumnValue,
  Document,
  Filter,
  Stored,
} from '../port.ts';
import { checkAggregate, checkFilter, checkTabulate, type FindPlan, planFind } from '../query.ts';
import { compareRows, holds, readerOf } from '../rows.ts';
import type { Absence } from './absence.ts';
import type { Connection, Lane, Rows } from './connection.ts';
import type { Journaling } from './journaling.ts';
import type { Numbered } from './recent.ts';
import {
  aggregateSql,
  countSql,
  fewSql,
  findPickedSql,
  findSql,
  histogramSql,
  indexedPick,
  purgeSql,
  quote,
  sinceSql,
} from './sql.ts';
import { byIds, indexedColumns, type Table, transaction } from './table.ts';
import { tabulateOn } from './tabulate.ts';
import type { Writer } from './writer.ts';

/** What a collection works with; `table` makes the table at first use. */
export interface Access {
  writer: Writer;
  /** Of a journaled collection, whose newest rows are not in its table yet. */
  journaling: Journaling | undefined;
  lookups: Lane;
  scans: Lane;
  table(): Promise<Table>;
}

/** Ids in one gathered look-up. */
const gatheredAtMost = 256;

export function duckdbCollection<T extends Document>(spec: CollectionSpec, access: Access): Collection<T> {
  const columns = columnsOf(spec);
  const indexed = new Set(['id', ...indexedColumns(spec)]);
  const stored = ([json, version, seq]: unknown[]): Stored<T> => ({
    doc: JSON.parse(json as string),
    version: Number(version),
    seq: Number(seq),
  });
  const rows = (docs: readonly T[]) => docs.map((doc) => rowOf(spec.name, columns, doc));
  const rowsOf = async (connection: Connection, table: Table, ids: readonly string[]) => {
    const sql = byIds(`SELECT id, _doc, _version, _seq FROM ${quote(table.name)}`, ids);
    return new Map((await connection.rows(sql)).map(([id, ...rest]) => [id as string, rest]));
  };
  const { journaling } = access;
  const read = readerOf(columns);
  const ahead = (id: string): Numbered | undefined => journaling?.ahead(spec.name, id);
  const storedAhead = ({ row, version, seq }: Numbered): Stored<T> => stored([row.json, version, seq]);
  const getMany = async (ids: readonly string[]): Promise<Map<string, Stored<T>>> => {
    const table = await access.table();
    const answers = new Map<string, Stored<T>>();
    const others: string[] = [];
    for (const id of table.absence.narrow('id', ids)) {
      const row = ahead(id);
      if (row === undefined) others.push(id);
      else answers.set(id, storedAhead(row));
    }
    if (others.length === 0) return answers;
    const found = await access.lookups.use((connection) => rowsOf(connection, table, others));
    for (const [id, row] of found) answers.set(id, stored(row));
    return answers;
  };
  /** A page of what is in the table, and of what will be. */
  const withAhead = (found: readonly string[], matching: readonly Row[], plan: FindPlan): string[] => {
    const inTable = found.map((json) => rowOf(spec.name, columns, JSON.parse(json)));
    const here = new Set(inTable.map(({ id }) => id));
    return [...inTable, ...matching.filter(({ id }) => !here.has(id))]
      .sort(compareRows(plan.sort, read))
      .slice(0, plan.limit + 1)
      .map(({ json }) => json);
  };
  // Single look-ups that wait for a connection go together into one statement when there is one.
  let gathering: { ids: Set<string>; found: Promise<Map<string, unknown[]>> } | undefined;
  const get = async (id: string): Promise<Stored<T> | undefined> => {
    const table = await access.table();
    if (table.absence.narrow('id', [id]).length === 0) return undefined;
    const before = ahead(id);
    if (before !== undefined) return storedAhead(before);
    let found: Promise<Map<string, unknown[]>>;
    if (gathering !== undefined && gathering.ids.size < gatheredAtMost) {
      gathering.ids.add(id);
      found = gathering.found;
    } else {
      const ids = new Set([id]);
      let begun = false;
      found = access.lookups.use((connection) => {
        begun = true;
        if (gathering?.ids === ids) gathering = undefined;
        return rowsOf(connection, table, [...ids]);
      });
      if (!begun) gathering = { ids, found };
    }
    // Each caller gets a document of its own, to change as it likes.
    const row = (await found).get(id);
    return row === undefined ? undefined : stored(row);
  };
  /** The table once all that was acknowledged is in it, for questions that DuckDB answers alone. */
  const whole = async (): Promise<Table> => {
    await journaling?.settled();
    return access.table();
  };
  const removeWhere = async (sqlOf: (table: string) => ReturnType<typeof purgeSql>): Promise<number> => {
    const table = await access.table();
    return access.writer.exclusive(async (connection: Connection) => {
      let removed = 0;
      await transaction(connection, async () => {
        removed = await connection.change(sqlOf(table.name));
        await table.rememberSequence(connection);
      });
      table.recent.forget();
      table.forgetAll();
      return removed;
    });
  };

  return {
    spec,
    get,
    getMany,
    put: async (docs) => {
      const written = rows(docs);
      if (written.length === 0) return;
      const table = await access.table();
      await access.writer.write(
        table,
        written.map((row) => row.id),
        (draft) => {
          for (const row of new Map(written.map((each) => [each.id, each])).values()) draft.write(row);
        },
      );
    },
    putIf: async (doc, expected) => {
      const row = rowOf(spec.name, columns, doc);
      const table = await access.table();
      return access.writer.write(table, [row.id], (draft) => {
        const found = draft.version(row.id);
        if (found !== expected)
          throw new CrosscheckError('CC_VERSION_CONFLICT', {
            collection: spec.name,
            id: row.id,
            found,
            expected,
          });
        return draft.write(row);
      });
    },
    putNew: async (docs) => {
      const written = rows(docs);
      if (written.length === 0) return [];
      const table = await access.table();
      const inserted = await access.writer.write(
        table,
        written.map((row) => row.id),
        (draft) =>
          written.map((row) => {
            const isNew = draft.version(row.id) === 0;
            if (isNew) draft.write(row);
            return isNew;
          }),
      );
      inserted.forEach((isNew, at) => {
        if (isNew) table.recent.madeFrom(written[at]!, docs[at]!);
      });
      return inserted;
    },
    delete: async (ids) => {
      for (const id of ids) checkId(spec.name, id);
      if (ids.length === 0) return;
      const table = await access.table();
      await access.writer.write(table, ids, (draft) => {
        for (const id of ids) draft.remove(id);
      });
    },
    purge: (where) => {
      const checked = checkFilter(spec, where);
      return removeWhere((table) => purgeSql(table, checked));
    },
    clear: async () => {
      await removeWhere((table) => purgeSql(table, { and: [] }));
    },
    find: async (query) => {
      const plan = planFind(spec, query);
      const { name, absence } = await access.table();
      const pick = indexedPick(plan.where, indexed);
      if (pick !== undefined && !mayPick(absence, pick)) return { docs: [] };
      // Looked at before the table: a row that is folded meanwhile is in both, never in none.
      const matching = (journaling?.allAhead(spec.name) ?? [])
        .map(({ row }) => row)
        .filter((row) => plan.where === undefined || holds(plan.where, row, read));
      const inTable = await access.lookups.use(async (connection) => {
        const [few] = pick === undefined ? [] : await connection.rows(fewSql(name, pick));
        return connection.rows(few?.[0] === true ? findPickedSql(name, plan, pick!) : findSql(name, plan));
      });
      const jsons = inTable.map(([json]) => json as string);
      const found = matching.length === 0 ? jsons : withAhead(jsons, matching, plan);
      const docs: T[] = found.slice(0, plan.limit).map((json) => JSON.parse(json));
      return found.length > plan.limit ? { docs, next: plan.cursorAt(docs.at(-1)!) } : { docs };
    },
    count: async (where) => {
      const checked = where === undefined ? undefined : checkFilter(spec, where);
      const { name } = await whole();
      const [row] = await access.scans.use((connection) => connection.rows(countSql(name, checked)));
      return Number(row![0]);
    },
    since: async (cursor, limit) => {
      const table = await access.table();
      if (cursor >= table.sequence()) {
        // A reader that asks again and again must not keep the writers from their turn.
        await setImmediate();
        return [];
      }
      const recent = table.recent.after(cursor, limit, table.sequence());
      if (recent !== undefined) {
        await setImmediate();
        return recent as Stored<T>[];
      }
      // Looked at before the table, as in `find`. They are the last of the sequence.
      const ahead = (journaling?.allAhead(spec.name) ?? [])
        .filter(({ seq }) => Number(seq) > cursor)
        .map(({ row, version, seq }) => [row.json, version, seq]);
      // Sorting everything after the cursor for the sake of one page would make a rebuild quadratic. Nearly every number
      // has its document, so a window a few pages wide has a page; where many were rewritten or removed, it widens.
      for (let width = limit * 4; ; width *= 8) {
        // Read first: what is written meanwhile is a matter of the next call.
        const end = ahead.length > 0 ? Number(ahead[0]![2]) - 1 : table.sequence();
        const sql = sinceSql(table.name, cursor, Math.min(cursor + width, end), limit);
        const found = await access.lookups.use((connection) => connection.rows(sql));
        if (found.length >= limit) return found.map(stored);
        if (cursor + width >= end) return [...found, ...ahead].slice(0, limit).map(stored);
      }
    },
    aggregate: async (query) => {
      const checked = checkAggregate(spec, query);
      const { name } = await whole();
      const keys = checked.groupBy ?? [];
      const measures = Object.entries(checked.measures);
      const histograms = Object.entries(checked.histograms ?? {});
      const { groups, bins } = await access.scans.use(async (connection) => {
        const read = async () => {
          const bins: Map<string, [number, number][]>[] = [];
          for (const [, histogram] of histograms)
            bins.push(binsByKey(await connection.rows(histogramSql(name, checked, histogram))));
          return { bins, groups: await connection.rows(aggregateSql(name, checked)) };
        };
        // Several statements see one state of the table.
        return histograms.length === 0 ? read() : transaction(connection, read);
      });
      return groups.map((row): AggregateRow => {
        const values = row.slice(keys.length) as (bigint | null)[];
        const key = keyOf(row.slice(0, keys.length));
        return {
          key: Object.fromEntries(
            keys.map((column, i) => [column, keyValue(row[i] as ColumnValue | bigint)]),
          ),
          values: Object.fromEntries(
            measures.map(([measure], i) => [measure, exactNumber(values[i]!, spec.name, measure)]),
          ),
          histograms: Object.fromEntries(
            histograms.map(([histogram], i) => [histogram, bins[i]!.get(key) ?? []]),
          ),
        };
      });
    },
    tabulate: async (query) => {
      const checked = checkTabulate(spec, query);
      const { name } = await whole();
      return tabulateOn(access.scans, spec, name, checked);
    },
  };
}

/** Whether any row may have a value that is picked by. */
function mayPick(absence: Absence, pick: Filter): boolean {
  if (!('value' in pick)) return true;
  const values = Array.isArray(pick.value) ? pick.value : [pick.value];
  return (
    !values.every((value) => typeof value === 'string') || absence.narrow(pick.column, values).length > 0
  );
}

const keyValue = (value: ColumnValue | bigint): ColumnValue =>
  typeof value === 'bigint' ? Number(value) : value;

const keyOf = (values: readonly unknown[]): string =>
  JSON.stringify(values.map((value) => keyValue(value as ColumnValue | bigint)));

/** From rows of keys, bin and count, in the order of the bins. */
function binsByKey(rows: Rows): Map<string, [number, number][]> {
  const bins = new Map<string, [number, number][]>();
  for (const row of rows) {
    const key = keyOf(row.slice(0, -2));
    const pair: [number, number] = [Number(row.at(-2)), Number(row.at(-1))];
    const pairs = bins.get(key);
    if (pairs === undefined) bins.set(key, [pair]);
    else pairs.push(pair);
  }
  return bins;
}
