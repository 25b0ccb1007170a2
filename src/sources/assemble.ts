/**
 * The rows of one declaration, from all its tables, to the canonical declaration with its trail and outcomes. Pure: rows
 * in, records and problems out. A dirty cell costs its field, a row without what it cannot do without costs the row.
 */
import { type CountryProfile, rateKindOf } from '../declaration/country-profile.ts';
import type { Declaration, Item, TaxLine } from '../declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import type { Cells, Context, FieldReader } from '../mapping/fields.ts';
import type { Feed } from '../mapping/mapping.ts';
import { CellFault, quote } from '../mapping/values.ts';
import {
  allMatch,
  type CompiledMade,
  type CompiledMapping,
  type CompiledRule,
  type CompiledTable,
  cellAt,
  isReference,
} from './compile.ts';
import { eventText, identifyAll, outcomeText } from './event-ids.ts';
import type { RowProblem } from './problems.ts';
import { type LaneRules, laneRules, tellReroutes } from './reroute.ts';

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

export interface Assembled {
  declaration?: Declaration;
  trail: TrailEvent[];
  outcomes: Outcome[];
}

export interface Assembler {
  declaration(group: Group): Assembled;
  /** Events and outcomes of a declaration that is not in the extract. */
  answer(children: ReadonlyMap<string, Row[]>, waits: boolean): Assembled;
  contextOf(table: CompiledTable, row: Row, header: Cells): Context;
  /** The fields of a row that stands for itself: a reference record. */
  record(table: CompiledTable, row: Row): Record<string, unknown>;
}

export interface AssemblerOptions {
  profile: CountryProfile | undefined;
  fileNames: readonly string[];
  report: (problem: RowProblem) => void;
  /** Told of each event, for watermarks. */
  arrived?: (feed: Feed, office: string | undefined, at: string) => void;
  /** Events later than this have not happened; ISO, UTC. */
  notAfter: string;
}

/** With how many faults were reported of the row. */
interface RowContext extends Context {
  faults: number;
}

const none: Cells = [];
const rulesKept = 10_000;

interface Sorted<T> {
  value: T;
  at: number;
  rank: number;
}

export function createAssembler(compiled: CompiledMapping, options: AssemblerOptions): Assembler {
  const { mapping, header, tables, settings } = compiled;
  const rules: LaneRules = laneRules(mapping.reroute, compiled.strictness, compiled.controls);
  const officeField = header.fields.find((field) => field.path === 'office');
  // The header can make events of its own dates, after those of the trail.
  const trails = [
    ...tables.filter((table) => table.spec.into === 'trail'),
    ...(header.rows.length > 0 ? [header] : []),
  ];
  const lists = tables.filter(
    (table) => !['trail', 'items', 'link'].includes(table.spec.into) && !isReference(table.spec),
  );
  const items = tables.filter((table) => table.spec.into === 'items');
  const latest = Date.parse(options.notAfter);

  const place = (table: CompiledTable, row: Row) => ({
    table: table.name,
    file: options.fileNames[row.file]!,
    row: row.row,
    ...(row.line === null ? {} : { line: row.line }),
  });
  const report = (
    table: CompiledTable,
    row: Row,
    fault: CellFault,
    effect: RowProblem['effect'],
    column?: string,
  ) =>
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

  /** Rows that repeat another of the same table are reported and left. */
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

  const chosen = new Map<CompiledTable, Map<string, CompiledRule | undefined>>();

  /** The first rule whose tests a row passes; rows that say the same in the tested columns are told once. */
  function ruleOf(table: CompiledTable, context: RowContext): CompiledRule | undefined {
    let known = chosen.get(table);
    if (known === undefined || known.size > rulesKept) {
      known = new Map();
      chosen.set(table, known);
    }
    let key = '';
    for (const at of table.tested) key += `${cellAt(at, context) ?? ''}\u001f`;
    if (known.has(key)) return known.get(key);
    const rule = table.rows.find((candidate) => allMatch(candidate.when, context));
    known.set(key, rule);
    return rule;
  }

  function readTrail(
    children: ReadonlyMap<string, Row[]>,
    headerCells: Cells,
    office: string | undefined,
    waits: boolean,
  ): { trail: TrailEvent[]; outcomes: Outcome[] } {
    const events: Sorted<TrailEvent>[] = [];
    const outcomes: Sorted<Outcome>[] = [];
    const kinds = new Set<string>();
    let rank = 0;
    for (const table of trails) {
      let before: Context | undefined;

      const feed = table.spec.feeds ?? 'trail';
      for (const row of distinct(table, children.get(table.name) ?? [])) {
        const context = contextOf(table, row, headerCells, compiled.zoneOf(office));
        const previous = before;
        before = context;
        if (waits) {
          const fault = new CellFault('CC_ROW_ORPHAN', 'its declaration is not in the extract');
          report(table, row, fault, 'waits');
        }
        const rule = ruleOf(table, context);
        if (rule === undefined) {
          const told = [
            ...new Set(table.rows.flatMap((candidate) => candidate.when.map((test) => test.at))),
          ].map((at) => `${at.name} ${quote(cellAt(at, context) ?? '')}`);
          report(
            table,
            row,
            new CellFault('CC_ROW_CODE', `no rule of the mapping is for ${[...new Set(told)].join(', ')}`),
            'left out',
          );
          continue;
        }
        if (rule.ignore) continue;
        const made = <T extends { at: string }>(
          templates: readonly CompiledMade[],
          required: readonly (keyof T & string)[],
          into: Sorted<T>[],
        ) => {
          for (const template of templates) {
            if (template.needs !== undefined && cellAt(template.needs, context) === null) continue;
            if (template.changed !== undefined && previous !== undefined) {
              if (cellAt(template.changed, previous) === cellAt(template.changed, context)) continue;
            }
            if (!allMatch(template.when, context)) continue;
            const before = context.faults;
            const value = fill(template.fields, context) as unknown as T;
            if (template.unless && kinds.has(String((value as { kind?: string }).kind))) continue;
            const missing = required.filter((name) => value[name] === undefined);
            if (template.unless && missing.length > 0) continue;
            if (missing.length > 0) {
              // Where a dirty cell is the reason it has been reported already.
              if (context.faults === before)
                report(
                  table,
                  row,
                  new CellFault('CC_ROW_KEY', `it has no ${missing.join(', no ')}`),
                  'left out',
                );
              continue;
            }
            const at = Date.parse(value.at);
            if (at > latest) {
              report(
                table,
                row,
                new CellFault('CC_ROW_RANGE', `${value.at} has not come yet`),
                'left out',
                'at',
              );
              continue;
            }
            into.push({ value, at, rank: rank++ });
          }
        };
        const count = events.length;
        made<TrailEvent>(rule.events, ['kind', 'at'], events);
        made<Outcome>(rule.outcomes, ['at', 'control', 'result', 'status'], outcomes);
        for (const { value } of events.slice(count))
          options.arrived?.(feed, value.office ?? office, value.at);
      }
      for (const { value } of events) kinds.add(value.kind);
    }
    const order = <T>(list: Sorted<T>[]): T[] =>
      list.sort((a, b) => a.at - b.at || a.rank - b.rank).map(({ value }) => value);
    const trail = order(events);
    tellReroutes(trail, rules);
    identifyAll(trail, eventText);
    const found = order(outcomes);
    identifyAll(found, outcomeText);
    return { trail, outcomes: found };
  }

  return {
    contextOf,
    record: (table, row) => fill(table.fields, contextOf(table, row, none)),
    answer: (children, waits) => readTrail(children, none, undefined, waits),
    declaration({ header: rows, children }) {
      const [first, ...others] = rows as [Row, ...Row[]];
      for (const other of others) {
        const same = other.own.every((cell, index) => cell === first.own[index]);
        report(
          header,
          other,
          same
            ? new CellFault('CC_ROW_DUPLICATE', `it repeats row ${first.row}`)
            : new CellFault(
                'CC_ROW_CONTRADICTORY',
                `row ${first.row} says something else of the same declaration`,
              ),
          'left out',
        );
      }
      const office = officeField?.read({ ...contextOf(header, first, first.own), report: () => {} }) as
        | string
        | undefined;
      const context = contextOf(header, first, first.own, compiled.zoneOf(office));
      const declaration = fill(header.fields, context) as unknown as Declaration;
      // Dates of the header are events of the present version alone.
      const { version } = header;
      const past = version !== undefined && (first.own[version] ?? '') !== header.spec.version!.current;
      const told = past ? children : new Map([...children, [header.name, [first]]]);
      const answer = readTrail(told, first.own, office, false);
      if (declaration.flow === undefined) {
        const lost = [...items, ...lists].reduce(
          (sum, table) => sum + (children.get(table.name)?.length ?? 0),
          0,
        );
        const fault = new CellFault(
          'CC_ROW_KEY',
          `nothing tells import from export; ${lost} rows of other tables are left out with it`,
        );
        report(header, first, fault, 'left out', 'flow');
        return answer;
      }
      declaration.format = 'extract';
      declaration.country ??= settings.country;
      declaration.currency ??= settings.currency;
      declaration.items = readItems(children, first.own, context.zone);
      readLists(declaration, children, first.own, context.zone);
      return { declaration, ...answer };
    },
  };

  function readItems(children: ReadonlyMap<string, Row[]>, headerCells: Cells, zone: string): Item[] {
    const byNumber = new Map<number, { item: Item; row: Row }>();
    for (const table of items) {
      for (const row of distinct(table, children.get(table.name) ?? [])) {
        const context = contextOf(table, row, headerCells, zone);
        const item = fill(table.fields, context) as unknown as Item;
        if (item.number === undefined) {
          report(table, row, new CellFault('CC_ROW_KEY', 'the item has no number'), 'left out', 'number');
          continue;
        }
        const known = byNumber.get(item.number);
        if (known === undefined) byNumber.set(item.number, { item, row });
        else
          report(
            table,
            row,
            new CellFault(
              'CC_ROW_CONTRADICTORY',
              `row ${known.row.row} says something else of item ${item.number}`,
            ),
            'left out',
            'number',
          );
      }
    }
    return [...byNumber.values()].map(({ item }) => item).sort((a, b) => a.number - b.number);
  }

  /** Documents, containers, tax lines and the like: to the declaration, or to the item they name. */
  function readLists(
    declaration: Declaration,
    children: ReadonlyMap<string, Row[]>,
    headerCells: Cells,
    zone: string,
  ) {
    const byNumber = new Map(declaration.items.map((item) => [item.number, item]));
    for (const table of lists) {
      const ofItem = table.spec.into.startsWith('items[].');
      const list = ofItem ? table.spec.into.slice('items[].'.length) : table.spec.into;
      for (const row of distinct(table, children.get(table.name) ?? [])) {
        const context = contextOf(table, row, headerCells, zone);
        const element = fill(table.fields, context);
        const text = table.item === undefined ? null : cellAt(table.item, context);
        const number = text === null ? undefined : Number(text);
        let owner: object = declaration;
        if (ofItem && number !== 0 && number !== undefined) {
          const item = byNumber.get(number);
          if (item === undefined) {
            const fault = new CellFault('CC_ROW_ORPHAN', `the declaration has no item ${quote(text!)}`);
            report(table, row, fault, 'left out', table.item!.name);
            continue;
          }
          owner = item;
        } else if (ofItem && number === undefined) {
          report(
            table,
            row,
            new CellFault('CC_ROW_KEY', 'it names no item'),
            'left out',
            table.item?.name ?? 'item',
          );
          continue;
        }
        if (Object.keys(element).length === 0) continue;
        if (list === 'taxes') tellRate(element as TaxLine);
        const into = owner as Record<string, unknown[]>;
        into[list] ??= [];
        into[list].push(element);
      }
    }
  }

  function tellRate(line: TaxLine): void {
    if (line.rate !== undefined && line.rateKind === undefined)
      line.rateKind = options.profile === undefined ? 'unknown' : rateKindOf(options.profile, line.code);
  }
}

/** Lists whose first places stayed empty hold holes; in lists of objects nothing keeps its rank. */
function compact(value: Record<string, unknown>): Record<string, unknown> {
  for (const [name, member] of Object.entries(value)) {
    if (Array.isArray(member) && (0 in member ? typeof member[0] === 'object' : true))
      value[name] = member.filter((element) => element !== undefined);
  }
  return value;
}
