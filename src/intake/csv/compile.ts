/** A column mapping against the header of a file: what each row makes. Pure. */
import { type CountryProfile, rateKindOf } from '../../declaration/country-profile.ts';
import { Declaration, Item } from '../../declaration/declaration.ts';
import { Outcome, TrailEvent } from '../../declaration/trail.ts';
import { CrosscheckError } from '../../errors.ts';
import { type Context, compileField, type FieldReader } from '../../mapping/fields.ts';
import { matcher } from '../../mapping/matcher.ts';
import type { Schema } from '../../mapping/schema-path.ts';
import { type CellFault, clockReader } from '../../mapping/values.ts';
import type { ColumnMapping } from './mapping.ts';

export type Cells = readonly string[];

export interface RowParts {
  declaration: Record<string, unknown>;
  item: Record<string, unknown>;
  trail: Record<string, unknown>[];
  outcomes: Record<string, unknown>[];
}

export interface CompiledColumns {
  /** The columns that name the declaration, joined; undefined where each row is one. */
  keyOf(cells: Cells): string | undefined;
  /** The first of these columns that has nothing in this row. */
  namelessIn(cells: Cells): string | undefined;
  /** Throws CC_CSV_MALFORMED naming the column: a row with a cell that can not be read is refused, not thinned. */
  read(cells: Cells): RowParts;
}

/** Columns of a header that an error names, and characters of each. */
const namesShown = 40;
const nameLength = 60;

type Made = NonNullable<ColumnMapping['events']>[number];

/** Throws CC_MAPPING_INVALID where the header lacks a column or a path is none of the model's. */
export function compileColumns(
  mapping: ColumnMapping,
  header: readonly string[],
  profile: CountryProfile,
  file: string,
): CompiledColumns {
  const refuse = (pointer: string, problem: string): never => {
    throw new CrosscheckError('CC_MAPPING_INVALID', { file, pointer, problem }, { pointer });
  };
  const places = new Map<string, number>();
  for (const [place, cell] of header.entries()) {
    const name = cell.trim().toUpperCase();
    // Spreadsheets write columns behind the last; nothing can speak of one without a name.
    if (name === '') continue;
    if (places.has(name)) refuse('/', `the header names the column ${listed([cell.trim()])} twice`);
    places.set(name, place);
  }
  const placeOf = (column: string | readonly string[], pointer: string): { name: string; place: number } => {
    for (const name of [column].flat()) {
      const place = places.get(name.toUpperCase());
      if (place !== undefined) return { name, place };
    }
    return refuse(
      pointer,
      `the file has no column ${[column].flat().join(' or ')}; it has ${listed(header)}`,
    );
  };
  const reading = { clock: clockReader(mapping.dates), decimal: mapping.decimal ?? '.' } as const;

  const compileAll = (fields: Made['fields'], schema: Schema, pointer: string): FieldReader[] =>
    Object.entries(fields).map(([path, field]) =>
      compileField({
        path,
        field,
        schema,
        codes: mapping.codes ?? {},
        reading,
        refer: (column, at) => ({ scope: 'own', ...placeOf(column, at) }),
        refuse,
        pointer: `${pointer}/${path}`,
      }),
    );
  const compileMade = (made: readonly Made[] | undefined, schema: Schema, pointer: string) =>
    (made ?? []).map(({ when = {}, fields }, index) => ({
      tests: Object.entries(when).map(([column, wanted]) => ({
        ...placeOf(column, `${pointer}/${index}/when`),
        matches: matcher(wanted),
      })),
      fields: compileAll(fields, schema, `${pointer}/${index}/fields`),
    }));

  const declaration = compileAll(mapping.declaration, Declaration, '/declaration');
  const item = compileAll(mapping.item, Item, '/item');
  const events = compileMade(mapping.events, TrailEvent, '/events');
  const outcomes = compileMade(mapping.outcomes, Outcome, '/outcomes');
  const key = mapping.row === 'item' ? mapping.key!.map((column) => placeOf(column, '/key')) : undefined;
  const absent = new Set((mapping.absent ?? []).map((text) => text.toUpperCase()));

  const known = (cell: string): string | null => {
    const text = cell.trim();
    return text === '' || (absent.size > 0 && absent.has(text.toUpperCase())) ? null : text;
  };
  const contextOf = (cells: Cells): Context => ({
    own: cells.map(known),
    header: [],
    via: [],
    zone: profile.timeZone,
    currency: profile.currency,
    report: (column: string, fault: CellFault) => {
      throw new CrosscheckError('CC_CSV_MALFORMED', { problem: `column ${column}: ${fault.problem}` });
    },
  });
  const fill = (fields: readonly FieldReader[], context: Context): Record<string, unknown> => {
    const made: Record<string, unknown> = {};
    for (const { read, put } of fields) {
      const value = read(context);
      if (value !== undefined) put(made, value);
    }
    return made;
  };
  const make = (made: typeof events, context: Context) =>
    made
      .filter(({ tests }) => tests.every(({ place, matches }) => matches(context.own[place] ?? null)))
      .map(({ fields }) => fill(fields, context));

  return {
    // A broken row may have too few.
    keyOf: (cells) => key?.map(({ place }) => cells[place]?.trim() ?? '').join('\u0000'),
    namelessIn: (cells) => key?.find(({ place }) => cells[place]?.trim() === '')?.name,
    read(cells) {
      const context = contextOf(cells);
      const filled = fill(item, context);
      tellRates(filled, profile);
      return {
        declaration: fill(declaration, context),
        item: filled,
        trail: make(events, context),
        outcomes: make(outcomes, context),
      };
    },
  };
}

/** Names as they may be shown: what is no table at all can have one of any length, and of any characters. */
function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, namesShown)
    .map((name) =>
      (name.length > nameLength ? `${name.slice(0, nameLength)}…` : name).replace(/\p{C}/gu, '\ufffd'),
    );
  return `${shown.join(', ')}${names.length > namesShown ? ` and ${names.length - namesShown} more` : ''}`;
}

/** How a printed rate is meant is the country's to say, not the file's. */
function tellRates(item: Record<string, unknown>, profile: CountryProfile): void {
  const lines = (item.taxes ?? []) as { code?: string; rate?: number; rateKind?: string }[];
  for (const line of lines) {
    if (line.rate !== undefined) line.rateKind ??= rateKindOf(profile, line.code);
  }
}
