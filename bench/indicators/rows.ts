/**
 * What the columns of a projected table hold in a made-up row, as SQL of its number `i` and of its declaration's number
 * `d`; `h` is a plain hash. Without meaning: only the number of keys is like an administration's.
 */
import { type TableName, tables } from '../../src/projections/fold.ts';
import { officerColumns } from '../../src/projections/officers.ts';

/** Rows of a declaration. */
export const perDeclaration: Readonly<Record<TableName, number>> = {
  clearance: 1,
  clearance_item: 3,
  act: 5,
  finding: 2,
};

/** A few brokers, firms and goods make most of the trade, and many make little. */
const skewed = (count: number, salt: number, of = 'd'): string =>
  `CAST(floor(${count} * (h(${of} * 31 + ${salt}) / 1000000007.0) ** 2.5) AS BIGINT)`;
const pick = (count: number, prefix: string, salt: number, of = 'd'): string =>
  `'${prefix}' || ${skewed(count, salt, of)}`;
const oneOf = (names: readonly string[], salt: number, of = 'd'): string =>
  `[${names.map((name) => `'${name}'`).join(', ')}][1 + h(${of} + ${salt}) % ${names.length}]`;
const share = (percent: number, salt: number): string =>
  `CASE WHEN h(i * 17 + ${salt}) % 100 < ${percent} THEN 1 ELSE 0 END`;
const office = skewed(20, 1);
/** Six to an office. */
const officer = (salt: number, of = 'd'): string => `'F' || (${office} * 6 + h(${of} * 13 + ${salt}) % 6)`;

const officers = new Set([
  ...Object.keys(officerColumns),
  'controller',
  'amender',
  'downrouter',
  'instigator',
]);

/** The goods of the declaration, or of each item. */
const goods = (of: string): Record<string, string> => {
  const chapter = `(1 + ${skewed(97, 2, of)})`;
  const heading = `(${chapter} * 100 + 1 + h(${of} + 21) % 12)`;
  return {
    chapter: `lpad(${chapter}::VARCHAR, 2, '0')`,
    heading: `lpad(${heading}::VARCHAR, 4, '0')`,
    hs: `lpad((${heading} * 100 + 1 + h(${of} + 22) % 5)::VARCHAR, 6, '0')`,
    origin: pick(150, 'C', 4, of),
    procedure: pick(8, '40', 3, of),
  };
};

const acts = [
  ['ASSIGN', 'assigner'],
  ['INSPECT', 'examiner'],
  ['SCAN', 'examiner'],
  ['ASSESS', 'assessor'],
  ['QUERY', 'assessor'],
  ['REROUTE', 'rerouter'],
  ['RELEASE', 'releaser'],
] as const;

/** Texts that a table has by itself. */
const own: Readonly<Record<TableName, Readonly<Record<string, string>>>> = {
  clearance: {},
  clearance_item: goods('i'),
  act: {
    officer: officer(7, 'i'),
    kind: oneOf(
      acts.map(([kind]) => kind),
      14,
      'i',
    ),
    role: oneOf(
      acts.map(([, role]) => role),
      14,
      'i',
    ),
    cause: oneOf(['engine', 'manual', 'self', 'up', 'down', 'criterion', 'random'], 15, 'i'),
  },
  finding: {
    officer: officer(7, 'i'),
    finding: `'N' || i // 2`,
    rule: pick(150, 'R', 16, 'i'),
    kind: oneOf(['consistency', 'conduct', 'risk', 'system'], 17, 'i'),
    class: oneOf(['error', 'warning', 'risk'], 18, 'i'),
    risk: oneOf(['revenue', 'security', 'integrity'], 19, 'i'),
  },
};

function textsOf(name: TableName, declarations: number): Readonly<Record<string, string>> {
  const day = `DATE '2025-01-01' + CAST(d * 365 // ${declarations} AS INTEGER)`;
  return {
    declaration: `'D' || d`,
    office: pick(20, 'O', 1),
    section: `'S' || (${office} * 3 + h(d + 2) % 3)`,
    flow: oneOf(['import', 'import', 'import', 'export'], 0),
    regime: oneOf(['IM4', 'IM4', 'IM5', 'IM7', 'EX1'], 5),
    ...goods('d'),
    declarant: pick(500, 'B', 6),
    importer: pick(8_000, 'M', 7),
    exporter: pick(3_000, 'X', 8),
    consignee: pick(8_000, 'M', 7),
    consignor: pick(12_000, 'N', 9),
    hours: oneOf(['08-12', '08-12', '12-16', '16-20'], 11),
    currency: `'EUR'`,
    // An office has a roster, or opening hours alone, or neither.
    handsCounted: `['duty', 'duty', 'open', 'clock'][1 + ${office} % 4]`,
    firstLane: oneOf(['green', 'green', 'green', 'yellow', 'red', 'blue'], 9),
    lastLane: `'green'`,
    criterion: pick(80, 'K', 10),
    day: `strftime(${day}, '%Y-%m-%d')`,
    week: `strftime(${day}, '%G-W%V')`,
    month: `strftime(${day}, '%Y-%m')`,
    year: `strftime(${day}, '%Y')`,
    registeredDay: `strftime(${day}, '%Y-%m-%d')`,
    assessedDay: `strftime(${day} + CAST(h(d) % 6 AS INTEGER), '%Y-%m-%d')`,
    paidDay: `strftime(${day} + CAST(h(d) % 9 AS INTEGER), '%Y-%m-%d')`,
    ...own[name],
  };
}

/** Shares of flags that are nearly always set; of the others three in ten. */
const usual: Readonly<Record<string, number>> = { registered: 98, checked: 98, concluded: 80, current: 90 };

/** From seven minutes to two weeks. */
const widely = (column: string): string => `CAST(exp(6 + (h(i + ${column.length}) % 800) / 100.0) AS BIGINT)`;

/** A row's values by column, as SQL. */
export function expressionsOf(name: TableName, rowCount: number): { column: string; sql: string }[] {
  const texts = textsOf(name, Math.ceil(rowCount / perDeclaration[name]));
  const columns: Record<string, { type: string; money?: true }> = tables[name].columns;
  const sqlOf = (column: string): string => {
    const { type, money } = columns[column]!;
    if (column in texts) return texts[column]!;
    if (officers.has(column)) return officer(column.length);
    if (type === 'text') return 'NULL';
    if (/seconds$/i.test(column)) return widely(column);
    if (column === 'valueDigitsBin') {
      const digits = `(1 + ${sqlOf('value')})::VARCHAR`;
      return `(length(${digits}) - 1) * 90 + CAST(left(rpad(${digits}, 2, '0'), 2) AS BIGINT) - 10`;
    }
    if (column.endsWith('Bin')) {
      const seconds = column.replace(/Bin$/, 'Seconds');
      return `1 + CAST(floor(ln(${widely(seconds)}) / ln(1.02) + 1e-9) AS BIGINT)`;
    }
    if (money) return `h(i + ${column.length}) % 1000000`;
    return share(usual[column] ?? 30, column.length);
  };
  return Object.keys(columns).map((column) => ({ column, sql: sqlOf(column) }));
}
