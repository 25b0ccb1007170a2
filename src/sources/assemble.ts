/**
 * The rows of one declaration, from all its tables, to the canonical declaration with its trail and outcomes. Pure: rows
 * in, records and problems out. A dirty cell costs its field, a row without what it cannot do without costs the row.
 */
import type { CountryProfile } from '../declaration/country-profile.ts';
import type { Declaration } from '../declaration/declaration.ts';
import type { Outcome, TrailEvent } from '../declaration/trail.ts';
import type { Cells, Context } from '../mapping/fields.ts';
import { CellFault } from '../mapping/values.ts';
import type { CompiledMapping, CompiledTable } from './compile.ts';
import { itemReader } from './item-rows.ts';
import { type Group, openRows, type Row, type RowOptions } from './rows.ts';
import { type TrailOptions, trailReader } from './trail-rows.ts';

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

export interface AssemblerOptions extends RowOptions, TrailOptions {
  profile: CountryProfile | undefined;
}

const none: Cells = [];

export function createAssembler(compiled: CompiledMapping, options: AssemblerOptions): Assembler {
  const { header, settings } = compiled;
  const officeField = header.fields.find((field) => field.path === 'office');
  const reading = openRows(compiled, options);
  const { report, contextOf, fill } = reading;
  const readTrail = trailReader(compiled, reading, options);
  const items = itemReader(compiled, reading, options.profile);

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
        const fault = new CellFault(
          'CC_ROW_KEY',
          `nothing tells import from export; ${items.count(children)} rows of other tables are left out with it`,
        );
        report(header, first, fault, 'left out', 'flow');
        return answer;
      }
      declaration.format = 'extract';
      declaration.country ??= settings.country;
      declaration.currency ??= settings.currency;
      declaration.items = items.readItems(children, first.own, context.zone);
      items.readLists(declaration, children, first.own, context.zone);
      return { declaration, ...answer };
    },
  };
}
