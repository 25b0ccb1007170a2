/**
 * The SQL over staged tables: which rows belong to which declaration, in which order, and which belong to none. Names
 * from mappings reach SQL as quoted identifiers and literals alone.
 */
import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import { CrosscheckError } from '../errors.ts';
import type { When } from '../mapping/mapping.ts';
import { CellFault } from '../mapping/values.ts';
import { type CompiledMapping, type CompiledTable, isReference } from './compile.ts';
import type { Row } from './rows.ts';
import { type Staging, sqlName, sqlText } from './stage.ts';

/** Table name to the newest mark that was seen; kept between runs. */
export type Marks = Readonly<Record<string, string>>;

export interface Lost {
  table: CompiledTable;
  row: Row;
  problem: CellFault;
}

export interface Orphans {
  table: CompiledTable;
  key: string;
  rows: Row[];
}

export interface Prepared {
  tables: CompiledTable[];
  marks: Record<string, string>;
  /** Rows that the mapping does not mean, by table. */
  left: Map<string, number>;
  count(staging: Staging): Promise<number>;
  /** Rows of a table with the number and key of their declaration, in the order of numbers. */
  stream(table: CompiledTable): string;
  /** Rows that cannot be used because of what they belong to. */
  lost(staging: Staging): AsyncGenerator<Lost>;
  /** Rows of the trail whose declaration is not in the extract, together by what they call it. */
  orphans(staging: Staging): AsyncGenerator<Orphans>;
}

/** Numbers are equal however they were printed: `123.0` went through a float, `000123` is a number to another client. */
const norm = (column: string): string =>
  `CASE WHEN (${column} LIKE '0%' OR ${column} LIKE '%.0') AND regexp_full_match(${column}, '[0-9]+([.]0+)?') ` +
  `THEN coalesce(nullif(ltrim(split_part(${column}, '.', 1), '0'), ''), '0') ELSE ${column} END`;

const keySql = (table: CompiledTable, alias: string): string => {
  const parts = table.key.map(({ slot }) => `coalesce(${norm(`${alias}.s${slot}`)}, '')`);
  const missing = table.key
    .filter(({ optional }) => !optional)
    .map(({ slot }) => `${alias}.s${slot} IS NULL`)
    .join(' OR ');
  const joined = parts.join(" || '/' || ");
  return missing === '' ? joined : `CASE WHEN ${missing} THEN NULL ELSE ${joined} END`;
};

/** The rows of `where` as SQL; columns by the table's own slots. */
function whereSql(when: When | undefined, table: CompiledTable): string {
  const conditions = Object.entries(when ?? {}).map(([column, wanted], index) => {
    const cell = `t.s${table.where[index]!.at.place}`;
    const texts = (Array.isArray(wanted) ? wanted : [wanted]).map(String);
    const any = texts.map((text) => {
      if (text === '*') return `${cell} IS NOT NULL`;
      if (text === '-') return `${cell} IS NULL`;
      const expression = /^\/(.*)\/$/.exec(text)?.[1];
      return expression === undefined
        ? `upper(${norm(cell)}) = ${sqlText(text.toUpperCase())}`
        : `regexp_matches(${cell}, ${sqlText(expression)}, 'i')`;
    });
    if (table.where[index]!.at.scope !== 'own')
      throw new CrosscheckError('CC_SOURCE_MAPPING_INVALID', {
        pointer: `/tables/${table.name}/where/${column}`,
        problem: 'where reads columns of the table itself',
      });
    return `coalesce(${any.join(' OR ')}, false)`;
  });
  return conditions.length === 0 ? 'true' : conditions.join(' AND ');
}

export async function prepareViews(
  staging: Staging,
  compiled: CompiledMapping,
  present: readonly CompiledTable[],
  since: Marks,
): Promise<Prepared> {
  const { connection } = staging;
  const scalar = async (sql: string) => (await connection.runAndReadAll(sql)).getRows()[0]?.[0];
  const { header } = compiled;
  const hasHeader = present.includes(header);
  const made = new Set<CompiledTable>();
  const left = new Map<string, number>();
  const here = new Set(present.map((table) => table.name));

  // A table that goes through another needs that one first; a table whose way is not in the extract leads nowhere.
  const usable = present.filter(
    (table) => !isReference(table.spec) && (table.link === undefined || here.has(table.link.table)),
  );
  while (made.size < usable.length) {
    const next = usable.find(
      (table) =>
        !made.has(table) &&
        (table.link === undefined || [...made].some((other) => other.name === table.link!.table)),
    );
    if (next === undefined)
      throw new CrosscheckError('CC_SOURCE_MAPPING_INVALID', {
        pointer: '/tables',
        problem: 'tables go through each other in a circle',
      });
    const staged = sqlName(next.name);
    const where = whereSql(next.spec.where, next);
    if (next.link === undefined) {
      await connection.run(
        `CREATE VIEW ${sqlName(`v_${next.name}`)} AS SELECT ${keySql(next, 't')} AS k, ${versionSql(next)} AS v, true AS linked, t.* FROM ${staged} t WHERE ${where}`,
      );
    } else {
      const { pairs, table } = next.link;
      const theirs = pairs.map(([, other], index) => `${norm(`o.s${other}`)} AS j${index}`);
      const named = pairs.map((_, index) => `j${index}`).join(', ');
      const carried = next.carried.map((slot, index) => `o.s${slot} AS c${index}`);
      const equal = pairs.map(([own], index) => `${norm(`t.s${own}`)} = o.j${index}`).join(' AND ');
      const given = pairs.map(([own]) => `t.s${own} IS NOT NULL`).join(' AND ');
      // As a table: the view would join again for every use of it.
      await connection.run(
        `CREATE TABLE ${sqlName(`v_${next.name}`)} AS SELECT o.k AS k, ${versionSql(next)} AS v, ${given} AS linked, t.*` +
          `${next.carried.map((_, index) => `, o.c${index}`).join('')} FROM ${staged} t LEFT JOIN ` +
          `(SELECT DISTINCT ON (${named}) o.k, ${[...theirs, ...carried].join(', ')} FROM ${sqlName(`v_${table}`)} o) o ` +
          `ON ${equal} WHERE ${where}`,
      );
    }
    left.set(
      next.name,
      Number(await scalar(`SELECT count(*)::INTEGER FROM ${staged}`)) -
        Number(await scalar(`SELECT count(*)::INTEGER FROM ${sqlName(`v_${next.name}`)}`)),
    );
    made.add(next);
  }

  if (hasHeader) {
    const current = sqlText(header.spec.version?.current ?? '');
    await connection.run(
      `CREATE TABLE keys AS WITH versions AS (
         SELECT k, v, min(f::BIGINT * 4294967296 + r) AS place FROM ${sqlName(`v_${header.name}`)} WHERE k IS NOT NULL GROUP BY k, v
       ), ranked AS (
         SELECT k, v, min(place) OVER (PARTITION BY k) AS first,
                CASE WHEN v = ${current} THEN 2147483647 ELSE coalesce(try_cast(v AS INTEGER), 0) END AS rank FROM versions
       ) SELECT k, v, row_number() OVER (ORDER BY first, k, rank)::INTEGER AS d,
                row_number() OVER (PARTITION BY k ORDER BY rank DESC) = 1 AS last FROM ranked`,
    );
  }

  const marks: Record<string, string> = {};
  const marked = usable.filter((table) => table.mark !== undefined);
  const changes: string[] = [];
  for (const table of marked) {
    const mark = markSql(table, compiled.dates);
    const newest = await scalar(`SELECT max(${mark}) FROM ${sqlName(`v_${table.name}`)} t`);
    const before = since[table.name];
    if (typeof newest === 'string' && (before === undefined || newest > before)) marks[table.name] = newest;
    if (hasHeader && before !== undefined)
      changes.push(
        `SELECT keys.d FROM ${sqlName(`v_${table.name}`)} t JOIN keys ON keys.k = t.k WHERE coalesce(${mark} >= ${sqlText(before)}, true)`,
      );
  }
  // A table that was not there before, or bears no mark, makes every declaration one that may have changed.
  const incremental =
    hasHeader && changes.length > 0 && marked.every((table) => since[table.name] !== undefined);
  if (incremental)
    await connection.run(`CREATE TABLE changed AS SELECT DISTINCT d FROM (${changes.join(' UNION ALL ')})`);

  const columns = (table: CompiledTable): string =>
    [...table.slots.map((_, index) => `t.s${index}`), ...table.carried.map((_, index) => `t.c${index}`)].join(
      ', ',
    );

  return {
    tables: usable,
    marks,
    left,
    count: async () =>
      Number(await scalar(`SELECT count(*)::INTEGER FROM ${incremental ? 'changed' : 'keys'}`)),
    stream(table) {
      const on = table === header || table.version !== undefined ? 'keys.v = t.v' : 'keys.last';
      return (
        `SELECT keys.d, keys.k, t.f, t.r, t.l, ${columns(table)} FROM ${sqlName(`v_${table.name}`)} t ` +
        `JOIN keys ON keys.k = t.k AND ${on}${incremental ? ' JOIN changed ON changed.d = keys.d' : ''} ORDER BY keys.d, t.f, t.r`
      );
    },
    async *lost() {
      for (const table of usable) {
        if (table.spec.into === 'link') continue;
        const view = sqlName(`v_${table.name}`);
        const waits = table.spec.into === 'trail';
        const missing = `SELECT 1, '', t.f, t.r, t.l, ${columns(table)} FROM ${view} t WHERE k IS NULL AND ${waits && table.reference !== undefined ? 'NOT linked' : 'true'} ORDER BY t.f, t.r`;
        for await (const { rows } of groupsOf(connection, missing, table)) {
          for (const row of rows) yield { table, row, problem: keyFault(table, row) };
        }
        if (!hasHeader || waits || table === header) continue;
        const on = table.version === undefined ? '' : ' AND keys.v = t.v';
        const orphaned = `SELECT 1, '', t.f, t.r, t.l, ${columns(table)} FROM ${view} t ANTI JOIN keys ON keys.k = t.k${on} WHERE t.k IS NOT NULL ORDER BY t.f, t.r`;
        for await (const { rows } of groupsOf(connection, orphaned, table)) {
          const problem = new CellFault('CC_ROW_ORPHAN', 'its declaration is not in the extract');
          for (const row of rows) yield { table, row, problem };
        }
      }
    },
    async *orphans() {
      for (const table of usable) {
        if (table.spec.into !== 'trail') continue;
        const unknown = hasHeader ? 'ANTI JOIN keys ON keys.k = t.k' : '';
        // Rows that go by another table and find nothing there can still name the declaration by its reference.
        const key =
          table.reference === undefined
            ? 't.k'
            : `coalesce(t.k, ${table.reference.map((part) => (typeof part === 'string' ? sqlText(part) : `coalesce(t.s${part.place}, '')`)).join(' || ')})`;
        const some = table.reference === undefined ? 't.k IS NOT NULL' : '(t.k IS NOT NULL OR t.linked)';
        const before = since[table.name];
        const fresh =
          hasHeader || before === undefined || table.mark === undefined
            ? ''
            : ` AND coalesce(${markSql(table, compiled.dates)} >= ${sqlText(before)}, true)`;
        const sql =
          `SELECT (dense_rank() OVER (ORDER BY ${key}))::INTEGER AS d, ${key}, t.f, t.r, t.l, ${columns(table)} ` +
          `FROM ${sqlName(`v_${table.name}`)} t ${unknown} WHERE ${some}${fresh} ORDER BY d, t.f, t.r`;
        for await (const group of groupsOf(connection, sql, table))
          yield { table, key: group.key, rows: group.rows };
      }
    },
  };
}

function keyFault(table: CompiledTable, row: Row): CellFault {
  const names = (slots: readonly number[]) =>
    slots.filter((slot) => row.own[slot] === null).map((slot) => table.slots[slot]!.names[0]!);
  // A table that goes by way of another is not read by its key.
  const lacking = names(
    table.link?.pairs.map(([own]) => own) ??
      table.key.filter(({ optional }) => !optional).map(({ slot }) => slot),
  );
  return lacking.length > 0
    ? new CellFault('CC_ROW_KEY', `the row does not say what it belongs to: ${lacking.join(', ')} is empty`)
    : new CellFault(
        'CC_ROW_ORPHAN',
        `the table ${table.link?.table ?? ''} has no row that leads to its declaration`,
      );
}

const versionSql = (table: CompiledTable): string =>
  table.version === undefined ? "''" : `coalesce(${norm(`t.s${table.version}`)}, '')`;

/** Days as ISO text, growing numbers padded: text that grows with time. */
const markSql = (table: CompiledTable, dates: readonly string[]): string => {
  const cell = `t.s${table.mark!}`;
  const formats = dates.map(sqlText).join(', ');
  return `coalesce(strftime(try_strptime(${cell}, [${formats}]), '%Y-%m-%d'), CASE WHEN regexp_full_match(${cell}, '[0-9]+') THEN lpad(${cell}, 20, '0') END)`;
};

/** Rows of a table as they stand in its files, those that the mapping does not mean left out. */
export async function* plainRows(connection: DuckDBConnection, table: CompiledTable): AsyncGenerator<Row[]> {
  const columns = table.slots.map((_, index) => `t.s${index}`);
  const sql =
    `SELECT 1, '', ${['t.f', 't.r', 't.l', ...columns].join(', ')} FROM ${sqlName(table.name)} t ` +
    `WHERE ${whereSql(table.spec.where, table)} ORDER BY t.f, t.r`;
  for await (const chunk of chunksOf(await connection.stream(sql), table)) yield chunk.map(({ row }) => row);
}

interface NumberedRows {
  number: number;
  key: string;
  rows: Row[];
}

export interface Cursor {
  /** The next declaration's rows. */
  next(): Promise<NumberedRows | undefined>;
  /** The rows of this declaration, after those of earlier ones. */
  take(number: number): Promise<Row[]>;
}

interface NumberedRow {
  number: number;
  key: string;
  row: Row;
}

/** Rows by chunks of DuckDB's, the next one asked for while one is worked on: an await a row would cost more than the row. */
async function* chunksOf(result: DuckDBResult, table: CompiledTable): AsyncGenerator<NumberedRow[]> {
  const own = table.slots.length;
  const carried = table.carried.length;
  let ahead = result.fetchChunk();
  for (let chunk = await ahead; chunk !== null && chunk.rowCount > 0; chunk = await ahead) {
    const columns = chunk.getColumns() as (string | number | null)[][];
    ahead = result.fetchChunk();
    // Unused where the consumer stops early; a failure is met by who awaits it.
    ahead.catch(() => {});
    const [numbers, keys, files, rows, lines] = columns as [
      number[],
      string[],
      number[],
      number[],
      (number | null)[],
    ];
    const list: NumberedRow[] = new Array(chunk.rowCount);
    for (let i = 0; i < chunk.rowCount; i++) {
      const cells: (string | null)[] = new Array(own);
      for (let slot = 0; slot < own; slot++) cells[slot] = columns[5 + slot]![i] as string | null;
      const via: (string | null)[] = new Array(carried);
      for (let place = 0; place < carried; place++)
        via[place] = columns[5 + own + place]![i] as string | null;
      list[i] = {
        number: numbers[i]!,
        key: keys[i]!,
        row: { file: files[i]!, row: rows[i]!, line: lines[i]!, own: cells, via },
      };
    }
    yield list;
  }
}

async function* groupsOf(
  connection: DuckDBConnection,
  sql: string,
  table: CompiledTable,
): AsyncGenerator<NumberedRows> {
  let group: NumberedRows | undefined;
  for await (const chunk of chunksOf(await connection.stream(sql), table)) {
    for (const { number, key, row } of chunk) {
      if (group !== undefined && group.number === number) group.rows.push(row);
      else {
        if (group !== undefined) yield group;
        group = { number, key, rows: [row] };
      }
    }
  }
  if (group !== undefined) yield group;
}

/** A cursor over rows that come in the order of their declarations. */
export async function catalogue(
  connection: DuckDBConnection,
  sql: string,
  table: CompiledTable,
): Promise<Cursor> {
  const groups = groupsOf(connection, sql, table)[Symbol.asyncIterator]();
  let ahead = (await groups.next()).value as NumberedRows | undefined;
  const step = async () => {
    const found = ahead;
    ahead = (await groups.next()).value as NumberedRows | undefined;
    return found;
  };
  return {
    next: step,
    async take(number) {
      while (ahead !== undefined && ahead.number < number) await step();
      return ahead?.number === number ? (await step())!.rows : [];
    },
  };
}
