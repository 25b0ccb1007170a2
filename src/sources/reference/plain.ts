/**
 * The mapping of plain reference files, made from the kinds themselves: a file is named after its kind, a column after
 * the member it feeds. `exchange-rate.csv` with currency, rate, from, to; `office.ndjson`; `trader.json`.
 */
import type { FieldRule, Mapping } from '../../mapping/mapping.ts';
import { frenchAssignments, frenchNames } from './french.ts';
import type { ReferenceKind } from './kind.ts';
import { referenceKinds } from './kinds.ts';

export const referenceMappingId = 'reference';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`);

/** `tariff-line`, `tariff_line`, `tariff-lines` and so on. */
const filesOf = (kind: string): string[] =>
  [kind, kind.replaceAll('-', '_'), kind.replaceAll('-', '')].flatMap((name) => [
    name,
    `${name}s`,
    name.replace(/y$/, 'ies'),
    name.replace(/y(-|$)/, 'ies$1'),
  ]);

const codes = { assignment: frenchAssignments };

/** A member's own name, and what it is called in French. */
const namesOf = (member: string, ...others: string[]): string[] => [
  ...new Set([member, snake(member), ...others, ...(frenchNames[member] ?? [])]),
];

function fieldsOf(kind: ReferenceKind): Record<string, FieldRule | FieldRule[]> {
  const members = Object.entries(kind.schema.properties as Record<string, { properties?: object }>);
  const fields: Record<string, FieldRule | FieldRule[]> = Object.fromEntries(
    members.map(([name, schema]) => {
      const rule: FieldRule = { column: namesOf(name), ...(name in codes ? { codes: name } : {}) };
      // An amount stands in one column and its currency in another.
      return [
        name,
        schema.properties === undefined ? rule : { ...rule, currency: [`${name}_currency`, 'currency'] },
      ];
    }),
  );
  const begins: FieldRule[] = [{ column: namesOf('from', 'valid_from') }];
  // A manifest and its bills begin with the voyage.
  if ('departure' in kind.schema.properties) begins.push({ column: 'departure' });
  // What happens on a day holds on that day.
  if ('day' in kind.schema.properties) {
    begins.push({ column: namesOf('day') });
    fields.to = [{ column: namesOf('to', 'valid_to') }, { column: namesOf('day') }];
  } else fields.to = { column: namesOf('to', 'valid_to') };
  fields.from = [...begins, { value: '1900-01-01' }];
  return fields;
}

export const plainReferenceMapping = (): Mapping => ({
  id: referenceMappingId,
  version: 1,
  title: 'Reference records, a file a kind',
  origin: 'the kinds of src/sources/reference',
  dates: [
    '%Y-%m-%d',
    '%Y-%m-%dT%H:%M:%S%z',
    '%Y-%m-%dT%H:%M:%S.%f%z',
    '%Y-%m-%dT%H:%M:%S',
    '%Y-%m-%d %H:%M:%S',
    '%Y-%m-%dT%H:%M',
    '%Y-%m-%d %H:%M',
    '%d/%m/%Y',
    '%d/%m/%Y %H:%M:%S',
  ],
  absent: ['NULL', '\\N'],
  codes,
  lanes: [
    { code: 'green', control: 'none' },
    { code: 'red', control: 'physical' },
  ],
  reroute: { documentsBy: 'act', systemUsers: [], supervisors: [] },
  tables: plainTables([...referenceKinds.keys()]),
});

/** Tables of some kinds: what an extract of any mapping may bring along. */
export const plainTables = (kinds: readonly string[]): Mapping['tables'] =>
  Object.fromEntries(
    kinds.map((name) => [
      name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      { files: filesOf(name), into: `reference.${name}`, fields: fieldsOf(referenceKinds.get(name)!) },
    ]),
  );
