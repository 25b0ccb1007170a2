/** Items of one declaration from their rows, and the lists of items and declaration: documents, containers, tax lines and the like. */
import { type CountryProfile, rateKindOf } from '../declaration/country-profile.ts';
import type { Declaration, Item, TaxLine } from '../declaration/declaration.ts';
import type { Cells } from '../mapping/fields.ts';
import { CellFault, quote } from '../mapping/values.ts';
import { type CompiledMapping, cellAt, isReference } from './compile.ts';
import type { Row, RowReading } from './rows.ts';

export interface ItemReading {
  readItems(children: ReadonlyMap<string, Row[]>, header: Cells, zone: string): Item[];
  /** To the declaration, or to the item they name. */
  readLists(
    declaration: Declaration,
    children: ReadonlyMap<string, Row[]>,
    header: Cells,
    zone: string,
  ): void;
  /** Rows that nothing can be made of where the declaration itself cannot stand. */
  count(children: ReadonlyMap<string, Row[]>): number;
}

export function itemReader(
  { tables }: CompiledMapping,
  { report, contextOf, fill, distinct }: RowReading,
  profile: CountryProfile | undefined,
): ItemReading {
  const items = tables.filter((table) => table.spec.into === 'items');
  const lists = tables.filter(
    (table) => !['trail', 'items', 'link'].includes(table.spec.into) && !isReference(table.spec),
  );

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
      line.rateKind = profile === undefined ? 'unknown' : rateKindOf(profile, line.code);
  }

  const count = (children: ReadonlyMap<string, Row[]>): number =>
    [...items, ...lists].reduce((sum, table) => sum + (children.get(table.name)?.length ?? 0), 0);

  return { readItems, readLists, count };
}
