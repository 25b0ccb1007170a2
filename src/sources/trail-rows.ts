/**
 * The trail and outcomes of one declaration, from the rows of all tables that tell of them. Each row goes to the first rule of
 * the mapping whose tests it passes; events come in order of time, re-routes with their causes, each with an id.
 */
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import type { Cells, Context } from '../mapping/fields.ts';
import type { Feed } from '../mapping/mapping.ts';
import { CellFault, quote } from '../mapping/values.ts';
import {
  allMatch,
  type CompiledMade,
  type CompiledMapping,
  type CompiledRule,
  type CompiledTable,
  cellAt,
} from './compile.ts';
import { eventText, identifyAll, outcomeText } from './event-ids.ts';
import { laneRules, tellReroutes } from './reroute.ts';
import type { Row, RowContext, RowReading } from './rows.ts';

const rulesKept = 10_000;

interface Sorted<T> {
  value: T;
  at: number;
  rank: number;
}

/** `waits`: the declaration is not in the extract, which is reported of each row. */
export type ReadTrail = (
  children: ReadonlyMap<string, Row[]>,
  header: Cells,
  office: string | undefined,
  waits: boolean,
) => { trail: TrailEvent[]; outcomes: Outcome[] };

export interface TrailOptions {
  /** Told of each event, for watermarks. */
  arrived?: (feed: Feed, office: string | undefined, at: string) => void;
  /** Events later than this have not happened; ISO, UTC. */
  notAfter: string;
}

export function trailReader(
  compiled: CompiledMapping,
  { report, contextOf, fill, distinct }: RowReading,
  options: TrailOptions,
): ReadTrail {
  const { mapping, header, tables } = compiled;
  const rules = laneRules(mapping.reroute, compiled.strictness, compiled.controls);
  // The header can make events of its own dates, after those of the trail.
  const trails = [
    ...tables.filter((table) => table.spec.into === 'trail'),
    ...(header.rows.length > 0 ? [header] : []),
  ];
  const latest = Date.parse(options.notAfter);
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

  return (children, headerCells, office, waits) => {
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
  };
}
