/**
 * A mapping to functions: every column reference becomes a place in a row, every field a reader and a setter. The kind
 * of a field follows from the canonical model's schema at its path, so a mapping can name no field that is not there.
 * Pure; problems go to `refuse` with the pointer into the mapping file.
 */
import { Declaration, Item } from '../declaration/declaration.ts';
import { Outcome, TrailEvent } from '../declaration/trail.ts';
import { isZone } from '../ground/zones.ts';
import { type Context, compileField, type FieldReader, type Reference } from '../mapping/fields.ts';
import type { Column, Field, Made, Mapping, Table, When } from '../mapping/mapping.ts';
import { matcher } from '../mapping/matcher.ts';
import { elementAt, type Schema } from '../mapping/schema-path.ts';
import { clockReader, dateFormat, type Reading } from '../mapping/values.ts';
import { referenceKinds } from './reference/kinds.ts';

export type Refuse = (pointer: string, problem: string) => never;

/** What an import may set over the mapping's own settings; a country profile's, or the caller's. */
export interface Settings {
  country?: string;
  currency?: string;
  timezone?: string;
}

/** A column that is read from a table: the names tried in their order. */
export interface Slot {
  names: string[];
}

export interface Test {
  at: Reference;
  matches: (text: string | null) => boolean;
}

export interface CompiledMade {
  needs?: Reference;
  changed?: Reference;
  unless: boolean;
  when: Test[];
  fields: FieldReader[];
}

export interface CompiledRule {
  when: Test[];
  ignore: boolean;
  events: CompiledMade[];
  outcomes: CompiledMade[];
}

export interface CompiledTable {
  name: string;
  spec: Table;
  /** Columns of the table itself; columns that are read through another table stand after them in a row. */
  slots: Slot[];
  /** Slots of the table in between that are read along, by their place there. */
  carried: number[];
  /** Places of the key's columns, each with whether it may be empty. */
  key: { slot: number; optional: boolean }[];
  /** Own slot to slot of the table named, where the row names its declaration through another. */
  link?: { table: string; pairs: [own: number, other: number][] } | undefined;
  version?: number;
  item?: Reference;
  /** The declaration's reference as text and cells in turn, for rows whose declaration is not in the extract. */
  reference?: (string | Reference)[];
  /** Slot whose text grows with time. */
  mark?: number;
  where: Test[];
  fields: FieldReader[];
  rows: CompiledRule[];
  /** The cells that decide which rule a row falls under. */
  tested: Reference[];
}

export interface CompiledMapping {
  mapping: Mapping;
  settings: Required<Settings>;
  /** Formats of dates: the mapping's, until the extract shows that it writes the month first. */
  dates: readonly string[];
  reading: Reading;
  header: CompiledTable;
  /** In the file's order, the header not among them. */
  tables: CompiledTable[];
  strictness: ReadonlyMap<string, number>;
  controls: ReadonlyMap<string, string>;
  zoneOf: (office: string | undefined) => string;
}

const namesOf = (column: Column): string[] => (typeof column === 'string' ? [column] : [...column]);

/** Collects the slots of one table and hands out places in them. */
class Slots {
  readonly list: Slot[] = [];
  private readonly places = new Map<string, number>();

  place(names: string[]): number {
    const key = names.map((name) => name.toUpperCase()).join('|');
    let place = this.places.get(key);
    if (place === undefined) {
      place = this.list.length;
      this.list.push({ names });
      this.places.set(key, place);
    }
    return place;
  }
}

export function compileMapping(mapping: Mapping, settings: Settings, refuse: Refuse): CompiledMapping {
  const timezone = settings.timezone ?? mapping.timezone ?? 'UTC';
  if (!isZone(timezone)) refuse('/timezone', `${timezone} is no IANA time zone`);
  for (const [office, zone] of Object.entries(mapping.timezones ?? {}))
    if (!isZone(zone)) refuse(`/timezones/${office}`, `${zone} is no IANA time zone`);
  for (const [index, format] of mapping.dates.entries())
    if (dateFormat(format) === undefined)
      refuse(`/dates/${index}`, `${format} holds a directive other than %Y %y %m %b %d %H %I %p %M %S %f %z`);

  const reading: Reading = { clock: clockReader(mapping.dates), decimal: mapping.decimal ?? '.' };
  const names = Object.keys(mapping.tables);
  const headers = names.filter((name) => mapping.tables[name]!.into === 'declaration');
  if (headers.length > 1) refuse(`/tables/${headers[1]}`, 'a second table feeds the declaration itself');

  // A log of events needs no header: its rows answer declarations that are somewhere else.
  const slots = new Map(names.map((name) => [name, new Slots()]));
  const headerName = headers[0];
  const carried = new Map(names.map((name) => [name, [] as number[]]));

  const refer = (table: string, column: Column, pointer: string): Reference => {
    const [first] = namesOf(column);
    const scope = /^(header|via):/.exec(first!)?.[1];
    const bare = namesOf(column).map((name) => name.replace(/^(header|via):/, '').replace(/\?$/, ''));
    if (scope === undefined) return { scope: 'own', place: slots.get(table)!.place(bare), name: bare[0]! };
    if (scope === 'header') {
      if (headerName === undefined) return refuse(pointer, 'no table feeds the declaration itself');
      return { scope: 'header', place: slots.get(headerName)!.place(bare), name: `header:${bare[0]}` };
    }
    const via = mapping.tables[table]!.via?.table;
    if (via === undefined) return refuse(pointer, `the table ${table} goes via no other`);
    const other = slots.get(via)?.place(bare);
    if (other === undefined) return refuse(pointer, `there is no table ${via}`);
    const list = carried.get(table)!;
    let place = list.indexOf(other);
    if (place < 0) place = list.push(other) - 1;
    return { scope: 'via', place, name: `via:${bare[0]}` };
  };

  const tests = (table: string, when: When | undefined, pointer: string): Test[] =>
    Object.entries(when ?? {}).map(([column, wanted]) => {
      try {
        return { at: refer(table, column.split('|'), `${pointer}/${column}`), matches: matcher(wanted) };
      } catch (thrown) {
        if (thrown instanceof SyntaxError) return refuse(`${pointer}/${column}`, thrown.message);
        throw thrown;
      }
    });

  const fieldsOf = (
    table: string,
    fields: Record<string, Field> | undefined,
    schema: Schema,
    pointer: string,
  ) =>
    Object.entries(fields ?? {}).map(([path, field]) =>
      compileField({
        path,
        field,
        schema,
        codes: mapping.codes ?? {},
        reading,
        refer: (column, where) => refer(table, column, where),
        refuse,
        pointer: `${pointer}/${path}`,
      }),
    );

  const madeOf = (
    table: string,
    list: readonly Made[] | undefined,
    schema: Schema,
    pointer: string,
  ): CompiledMade[] =>
    (list ?? []).map((made, index) => ({
      ...(made.needs === undefined ? {} : { needs: refer(table, made.needs, `${pointer}/${index}/needs`) }),
      ...(made.changed === undefined
        ? {}
        : { changed: refer(table, made.changed, `${pointer}/${index}/changed`) }),
      unless: made.unless ?? false,
      when: tests(table, made.when, `${pointer}/${index}/when`),
      fields: fieldsOf(table, made.fields, schema, `${pointer}/${index}/fields`),
    }));

  const compiled = names.map((name): CompiledTable => {
    const spec = mapping.tables[name]!;
    const pointer = `/tables/${name}`;
    const own = slots.get(name)!;
    const schema = schemaOf(spec.into, pointer, refuse);
    const bound = spec.key !== undefined || spec.on !== undefined || spec.via !== undefined;
    if (!bound && spec.into !== 'link' && !isReference(spec))
      refuse(pointer, 'nothing says which declaration a row belongs to: give key, on or via');
    if (spec.via !== undefined && mapping.tables[spec.via.table] === undefined)
      refuse(`${pointer}/via/table`, `there is no table ${spec.via.table}`);
    if (spec.on !== undefined && headerName === undefined)
      refuse(`${pointer}/on`, 'no table feeds the declaration itself');
    if (spec.into === 'trail' && spec.rows === undefined)
      refuse(pointer, 'a table of the trail needs rows: what each row makes');
    const key = (spec.key ?? []).map((column) => ({
      slot: refer(name, column, `${pointer}/key`).place,
      optional: namesOf(column).some((text) => text.endsWith('?')),
    }));
    const other = spec.via?.table ?? (spec.on === undefined ? undefined : headerName);
    const pairs = Object.entries(spec.via?.on ?? spec.on ?? {}).map(([mine, theirs]): [number, number] => [
      own.place(mine.split('|')),
      slots.get(other!)!.place(theirs.split('|')),
    ]);
    const rows = (spec.rows ?? []).map(
      (rule, index): CompiledRule => ({
        when: tests(name, rule.when, `${pointer}/rows/${index}/when`),
        ignore: rule.ignore ?? false,
        events: madeOf(name, rule.events, TrailEvent, `${pointer}/rows/${index}/events`),
        outcomes: madeOf(name, rule.outcomes, Outcome, `${pointer}/rows/${index}/outcomes`),
      }),
    );
    const tested = new Map(rows.flatMap(({ when }) => when.map(({ at }) => [`${at.scope} ${at.place}`, at])));
    return {
      name,
      spec,
      slots: own.list,
      carried: carried.get(name)!,
      key,
      ...(other === undefined ? {} : { link: { table: other, pairs } }),
      ...(spec.version === undefined
        ? {}
        : { version: refer(name, spec.version.column, `${pointer}/version`).place }),
      ...(spec.reference === undefined
        ? {}
        : {
            reference: spec.reference
              .split(/(\{[^}]+\})/)
              .filter((part) => part !== '')
              .map((part) =>
                part.startsWith('{')
                  ? refer(name, part.slice(1, -1).split('|'), `${pointer}/reference`)
                  : part,
              ),
          }),
      ...(spec.item === undefined ? {} : { item: refer(name, spec.item, `${pointer}/item`) }),
      ...(spec.mark === undefined ? {} : { mark: own.place(markNames(spec.mark, pointer, refuse)) }),
      where: tests(name, spec.where, `${pointer}/where`),
      fields: fieldsOf(name, spec.fields, schema, `${pointer}/fields`),
      rows,
      tested: [...tested.values()],
    };
  });

  const header = compiled.find((table) => table.name === headerName);
  return {
    mapping,
    settings: {
      country: settings.country ?? mapping.country ?? 'XX',
      currency: settings.currency ?? mapping.currency ?? 'XXX',
      timezone,
    },
    dates: mapping.dates,
    reading,
    header: header ?? noHeader,
    tables: compiled.filter((table) => table !== header),
    strictness: new Map(mapping.lanes.map((lane, index) => [lane.code, index])),
    controls: new Map(mapping.lanes.map((lane) => [lane.code, lane.control])),
    zoneOf: (office) => (office === undefined ? undefined : mapping.timezones?.[office]) ?? timezone,
  };
}

/** Stands in where a mapping has a trail alone. */
const noHeader: CompiledTable = {
  name: '',
  spec: { files: [''], into: 'declaration' },
  slots: [],
  carried: [],
  key: [],
  where: [],
  fields: [],
  rows: [],
  tested: [],
};

function markNames(mark: Field, pointer: string, refuse: Refuse): string[] {
  const rule = Array.isArray(mark) ? mark[0]! : mark;
  const column = typeof rule === 'string' ? rule : rule.column;
  if (column === undefined) return refuse(`${pointer}/mark`, 'a mark is read from one column');
  return namesOf(column);
}

export const isReference = (spec: Table): boolean => spec.into.startsWith('reference.');

/** The schema of one row's fields. */
function schemaOf(into: string, pointer: string, refuse: Refuse): Schema {
  if (into === 'declaration') return Declaration;
  if (into === 'items') return Item;
  if (into === 'trail' || into === 'link') return {};
  if (into.startsWith('reference.')) {
    const kind = referenceKinds.get(into.slice('reference.'.length));
    return kind?.schema ?? refuse(`${pointer}/into`, `${into} is no kind of reference record`);
  }
  const element = into.startsWith('items[].')
    ? elementAt(Item, into.slice('items[].'.length))
    : elementAt(Declaration, into);
  return element ?? refuse(`${pointer}/into`, `${into} is no list of the canonical declaration`);
}

/** The text at a reference; null where the cell is empty or there is no such row. */
export const cellAt = (reference: Reference, context: Context): string | null =>
  context[reference.scope][reference.place] ?? null;

export const allMatch = (when: readonly Test[], context: Context): boolean =>
  when.every((test) => test.matches(cellAt(test.at, context)));
