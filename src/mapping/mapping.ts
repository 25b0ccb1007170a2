/**
 * The mapping file: which column of which table of a clearance system feeds which field, event and role. One TypeBox
 * source gives the type and the validation; files lie in profiles/sources/ and are adapted per country. The kind of a
 * field (text, number, date, money) is not written here: it follows from the canonical model at the field's path.
 */
import Type, { type Static, type TSchema } from 'typebox';

const closed = { additionalProperties: false } as const;
const optional = Type.Optional;

/**
 * A column by name, upper or lower case. Names of a country's own version can be listed after it: the first that the
 * table has is read. `header:NAME` reads the declaration's own row, `via:NAME` that of the table in between.
 */
export const Column = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
]);
export type Column = Static<typeof Column>;

/**
 * A cell as written to the canonical code, in any case; `/…/` is a regular expression, `*` every other text. The code
 * `=` keeps the cell as it is, the empty code is no value.
 */
export const CodeTable = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
);
export type CodeTable = Static<typeof CodeTable>;

export const FieldRule = Type.Object(
  {
    column: optional(Column),
    join: optional(
      Type.Array(Column, {
        minItems: 1,
        description: 'columns written one after the other, empty ones left out',
      }),
    ),
    separator: optional(Type.String({ description: 'between joined columns; nothing where absent' })),
    flags: optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'column to code: the one column that is set gives its code; two that are set contradict',
      }),
    ),
    value: optional(Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
    time: optional(
      Type.Union([Column], { description: 'the time of day, where date and time are two columns' }),
    ),
    codes: optional(
      Type.Union([
        Type.String({ minLength: 1, description: 'name of a code table of this file' }),
        CodeTable,
      ]),
    ),
    currency: optional(
      Type.Union([Column], {
        description: 'money: the column with its currency; national currency where absent',
      }),
    ),
    percent: optional(
      Type.Boolean({ description: 'the cell is percent where the field is a fraction of one' }),
    ),
    absent: optional(
      Type.Array(Type.String(), { description: 'further texts that mean no value here, such as 0' }),
    ),
    min: optional(Type.Number()),
    max: optional(Type.Number()),
    pattern: optional(Type.String({ description: 'regular expression that the text must match' })),
    pad: optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 20 }), {
        minItems: 1,
        description:
          'lengths of a code of digits: zeros that were lost in front come back, to the next length',
      }),
    ),
  },
  closed,
);
export type FieldRule = Static<typeof FieldRule>;

/** A field: a column, a rule, or several of them of which the first that gives a value stands. */
export const Field = Type.Union([
  Type.String({ minLength: 1 }),
  FieldRule,
  Type.Array(Type.Union([Type.String({ minLength: 1 }), FieldRule]), { minItems: 1 }),
]);
export type Field = Static<typeof Field>;

const Fields = Type.Record(Type.String(), Field);

/** Columns with the texts they must hold, any of them; `/…/` is a regular expression, `*` any value, `-` none. */
export const When = Type.Record(
  Type.String(),
  Type.Union([
    Type.String(),
    Type.Number(),
    Type.Array(Type.Union([Type.String(), Type.Number()]), { minItems: 1 }),
  ]),
);
export type When = Static<typeof When>;

/** What one row makes: fields of an event or outcome; with `needs`, only where that column holds something. */
const Made = Type.Object(
  {
    needs: optional(Column),
    changed: optional(
      Type.Union([Column], {
        description:
          'only where this column says something else than in the row before, as of assigned examiners',
      }),
    ),
    unless: optional(
      Type.Boolean({ description: 'only where the trail has no event of this kind: dates of the header' }),
    ),
    when: optional(When),
    fields: Fields,
  },
  closed,
);
export type Made = Static<typeof Made>;

export const RowRule = Type.Object(
  {
    when: optional(When),
    ignore: optional(Type.Boolean({ description: 'rows that say nothing for us: read, counted, left' })),
    events: optional(Type.Array(Made, { minItems: 1 })),
    outcomes: optional(Type.Array(Made, { minItems: 1 })),
  },
  closed,
);
export type RowRule = Static<typeof RowRule>;

export const feeds = ['declaration', 'trail', 'inspection', 'payment', 'release', 'cargo'] as const;
export type Feed = (typeof feeds)[number];

export const Table = Type.Object(
  {
    files: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: 'names without extension; a number or date may follow: SAD_ITEM_2026-01.csv.gz',
    }),
    required: optional(Type.Boolean()),
    refused: optional(
      Type.String({ minLength: 1, description: 'why its rows can not be read, and what to do instead' }),
    ),
    into: Type.Union([
      Type.Literal('declaration'),
      Type.Literal('items'),
      Type.Literal('trail'),
      Type.Literal('link', { description: 'only joins other tables to the declaration' }),
      Type.String({ pattern: '^reference\\.[a-z-]+$', description: 'records of a kind: reference.office' }),
      Type.String({
        pattern: '^(items\\[\\]\\.)?[a-zA-Z]+$',
        description: 'a list: documents, items[].taxes',
      }),
    ]),
    key: optional(
      Type.Array(Column, {
        minItems: 1,
        description: 'columns that name the declaration; those of the header in their order',
      }),
    ),
    on: optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'where the declaration is named otherwise: own column to column of the header',
      }),
    ),
    via: optional(
      Type.Object(
        {
          table: Type.String({ minLength: 1, description: 'name of the table in between' }),
          on: Type.Record(Type.String(), Type.String(), {
            description: 'own column to column of that table',
          }),
        },
        closed,
      ),
    ),
    where: optional(Type.Union([When], { description: 'rows that are not meant are left silently' })),
    reference: optional(
      Type.String({
        pattern: '\\{[^}]+\\}',
        description:
          'the reference of a declaration that is not in the extract, columns in braces: {OFFICE}/{YEAR}/{SERIAL}{NUMBER}',
      }),
    ),
    version: optional(
      Type.Object(
        { column: Column, current: Type.String({ description: 'what the present version is marked with' }) },
        { ...closed, description: 'header: earlier versions stand beside the present one' },
      ),
    ),
    item: optional(Type.Union([Column], { description: 'column with the number of the item' })),
    mark: optional(
      Type.Union([Field], {
        description: 'instant or growing number by which a later run knows what is new',
      }),
    ),
    feeds: optional(Type.Enum([...feeds])),
    fields: optional(Fields),
    rows: optional(
      Type.Array(RowRule, { minItems: 1, description: 'the first rule that matches a row is taken' }),
    ),
  },
  closed,
);
export type Table = Static<typeof Table>;

/** How cells are written, in table extracts and in the column mappings of src/intake/csv alike. */
export const textShape = {
  dates: Type.Array(Type.String({ minLength: 2 }), {
    minItems: 1,
    description: 'formats tried in their order, as strptime writes them: %Y-%m-%d %H:%M:%S',
  }),
  decimal: optional(Type.Enum(['.', ','])),
  absent: optional(
    Type.Array(Type.String(), { description: 'texts that mean no value, beside the empty one' }),
  ),
};

/** How CSV is written: what is found out and which encodings can be read differ by who reads. */
export const csvShape = <Encoding extends TSchema>(delimiter: string, encoding: Encoding) =>
  optional(
    Type.Object(
      {
        delimiter: optional(Type.String({ minLength: 1, maxLength: 1, description: delimiter })),
        quote: optional(Type.String({ minLength: 1, maxLength: 1 })),
        encoding: optional(encoding),
      },
      closed,
    ),
  );

export const MappingLane = Type.Object(
  {
    code: Type.String({ minLength: 1 }),
    control: Type.Enum(['none', 'documents', 'scan', 'physical', 'post-clearance']),
  },
  closed,
);

export const Mapping = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    extends: optional(
      Type.String({
        minLength: 1,
        description:
          'a mapping of which this one states what differs, shipped or a file beside it; gone once read',
      }),
    ),
    version: Type.Integer({ minimum: 1 }),
    title: Type.String({ minLength: 1 }),
    origin: Type.String({ minLength: 1, description: 'where the description of the tables comes from' }),
    country: optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    currency: optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'national currency' })),
    timezone: optional(Type.String({ minLength: 1, description: 'IANA zone of the times in the tables' })),
    timezones: optional(Type.Record(Type.String(), Type.String(), { description: 'office to IANA zone' })),
    ...textShape,
    csv: csvShape('found out where absent', Type.Enum(['utf-8', 'latin-1', 'windows-1252', 'utf-16le'])),
    lanes: Type.Array(MappingLane, { minItems: 2, description: 'from the least strict to the strictest' }),
    reroute: Type.Object(
      {
        documentsBy: Type.Enum(['examiner', 'act'], {
          description:
            'what ends a documents control: a re-route by the examiner it was assigned to, or only a recorded act',
        }),
        systemUsers: Type.Array(Type.String(), { description: 'accounts of the system; /…/ for a pattern' }),
        supervisors: Type.Array(Type.String(), { description: 'accounts of supervisors; /…/ for a pattern' }),
      },
      closed,
    ),
    codes: optional(Type.Record(Type.String(), CodeTable)),
    tables: Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9]*$' }), Table),
  },
  { $id: 'source-mapping', title: 'Source mapping', ...closed },
);
export type Mapping = Static<typeof Mapping>;
