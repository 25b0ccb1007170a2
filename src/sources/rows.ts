/**
 * One row of a declaration's tables: its cells in their context, its fields, what is wrong with it. Rows come from stage.ts; what
 * reads trail, items and lists of them stands beside (./trail-rows.ts, ./item-rows.ts).
 */
import type { Cells, Context, FieldReader } from '../mapping/fields.ts';
import { CellFault } from '../mapping/values.ts';
import type { CompiledMapping, CompiledTable } from './compile.ts';
import type { RowProblem } from './problems.ts';

export interface Row {
  file: number;
  row: number;
  line: number | null;
  own: Cells;
  via: Cells;
}

/** A declaration's rows by table name; the header's in order of the file, more than one where it is repeated. */
export interface Group {
  header: Row[];
  children: ReadonlyMap<string, Row[]>;
}

/** With how many faults were reported of the row. */
export interface RowContext extends Context {
  faults: number;
}

export interface RowReading {
  report(
    table: CompiledTable,
    row: Row,
    fault: CellFault,
    effect: RowProblem['effect'],
    column?: string,
  ): void;
  contextOf(table: CompiledTable, row: Row, header: Cells, zone?: string): RowContext;
  fill(fields: readonly FieldReader[], context: Context): Record<string, unknown>;
  /** Rows that repeat another of the same table are reported and left. */
  distinct(table: CompiledTable, rows: readonly Row[]): readonly Row[];
}

export interface RowOptions {
  fileNames: readonly string[];
  report: (problem: RowProblem) => void;
}

export function openRows({ settings }: CompiledMapping, options: RowOptions): RowReading {
  const place = (table: CompiledTable, row: Row) => ({
    table: table.name,
    file: options.fileNames[row.file]!,
    row: row.row,
    ...(row.line === null ? {} : { line: row.line }),
  });
  const report: RowReading['report'] = (table, row, fault, effect, column) =>
    options.report({
      ...place(table, row),
      code: fault.code,
      problem: fault.problem,
      effect,
      ...(column === undefined ? {} : { column }),
    });

  const contextOf = (
    table: CompiledTable,
    row: Row,
    headerCells: Cells,
    zone = settings.timezone,
  ): RowContext => {
    const context: RowContext = {
      own: row.own,
      header: headerCells,
      via: row.via,
      zone,
      currency: settings.currency,
      faults: 0,
      report(column, fault) {
        context.faults++;
        report(table, row, fault, 'field left out', column);
      },
    };
    return context;
  };

  function fill(fields: readonly FieldReader[], context: Context): Record<string, unknown> {
    const into: Record<string, unknown> = {};
    for (const field of fields) {
      const value = field.read(context);
      if (value !== undefined) field.put(into, value);
    }
    return compact(into);
  }

  function distinct(table: CompiledTable, rows: readonly Row[]): readonly Row[] {
    if (rows.length < 2) return rows;
    const seen = new Map<string, Row>();
    const kept: Row[] = [];
    for (const row of rows) {
      const text = row.own.join('\u001f');
      const first = seen.get(text);
      if (first === undefined) {
        seen.set(text, row);
        kept.push(row);
      } else {
        report(table, row, new CellFault('CC_ROW_DUPLICATE', `it repeats row ${first.row}`), 'left out');
      }
    }
    return kept;
  }

  return { report, contextOf, fill, distinct };
}

/** Lists whose first places stayed empty hold holes; in lists of objects nothing keeps its rank. */
function compact(value: Record<string, unknown>): Record<string, unknown> {
  for (const [name, member] of Object.entries(value)) {
    if (Array.isArray(member) && (0 in member ? typeof member[0] === 'object' : true))
      value[name] = member.filter((element) => element !== undefined);
  }
  return value;
}
