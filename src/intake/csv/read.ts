/** CSV with a column mapping to records: a row is a declaration, or an item of one whose rows follow each other. */
import { type CountryProfile, countryProfile } from '../../declaration/country-profile.ts';
import { validateRecord } from '../../declaration/validate.ts';
import { CrosscheckError, type Where } from '../../errors.ts';
import { identify, namesOf } from '../identity.ts';
import { asUtf8, type OpenedInput } from '../input.ts';
import { defaultLimits } from '../limits.ts';
import type { IntakeRecord, ReadOptions } from '../record.ts';
import { type CompiledColumns, compileColumns, type RowParts } from './compile.ts';
import { loadColumnMapping } from './mapping.ts';
import { csvRows, type Row } from './rows.ts';

/** The rows of one declaration as they come. */
interface Gathered {
  key: string | undefined;
  where: Where;
  parts: RowParts[];
  /** The column of the key that is empty in them. */
  nameless: string | undefined;
  /** The first row that could not be read: a declaration is not read without one of its items. */
  fault?: CrosscheckError | undefined;
}

/** A broken row whose declaration the next row may tell. */
interface Loose {
  key: string;
  where: Where;
  fault: CrosscheckError;
}

function recordOf({ parts, where, nameless, fault }: Gathered, profile: CountryProfile): IntakeRecord {
  try {
    if (fault !== undefined) throw fault;
    const items = parts.map(({ item }, index) => ({ number: index + 1, ...item }));
    const { declaration, trail, outcomes } = validateRecord({
      declaration: {
        format: 'csv',
        country: profile.id,
        currency: profile.currency,
        ...parts[0]!.declaration,
        items,
      },
      trail: parts.flatMap((part) => part.trail),
      outcomes: parts.flatMap((part) => part.outcomes),
    });
    // They follow each other and have nothing else in common: two declarations would be read as one.
    if (nameless !== undefined && parts.length > 1 && namesOf(declaration).length === 0)
      throw new CrosscheckError('CC_CSV_MALFORMED', {
        problem: `column ${nameless} is empty in ${parts.length} rows, and nothing else says of which declaration they are`,
      });
    return {
      kind: 'declaration',
      identity: identify(declaration),
      declaration,
      trail: trail ?? [],
      outcomes: outcomes ?? [],
      where,
    };
  } catch (thrown) {
    if (!(thrown instanceof CrosscheckError)) throw thrown;
    return { kind: 'refused', error: thrown.at(where), where };
  }
}

const refused = (error: CrosscheckError, where: Where): IntakeRecord => ({
  kind: 'refused',
  error: error.at(where),
  where,
});

/** Adds a row to what is gathered; a row that can not be read marks its declaration. */
function gather(into: Gathered, row: Row, columns: CompiledColumns): void {
  try {
    into.parts.push(columns.read(row.cells));
  } catch (thrown) {
    if (!(thrown instanceof CrosscheckError)) throw thrown;
    into.fault ??= thrown.at({ line: row.line });
  }
}

/** Throws CC_MAPPING_INVALID where mapping and header do not go together; bad rows are yielded as refused. */
export async function* readCsv(opened: OpenedInput, options: ReadOptions): AsyncGenerator<IntakeRecord> {
  const { file } = options;
  if (options.mapping === undefined) {
    throw new CrosscheckError('CC_BAD_ARGUMENT', { name: 'mapping', problem: 'CSV needs a column mapping' });
  }
  const mapping = loadColumnMapping(options.mapping);
  const profile = countryProfile(options.country ?? mapping.country ?? 'ZZ');
  const limits = { ...defaultLimits, ...options.limits };
  const encoded = opened.encoding === 'utf-8' ? (mapping.csv?.encoding ?? 'utf-8') : opened.encoding;
  const bytes = asUtf8({ ...opened, encoding: encoded });

  let columns: CompiledColumns | undefined;
  let gathered: Gathered | undefined;
  let loose: Loose | undefined;
  let ordinal = 0;
  for await (const row of csvRows(bytes, mapping.csv ?? {}, limits)) {
    if (columns === undefined) {
      if ('fault' in row) throw row.fault;
      columns = compileColumns(mapping, row.cells, profile, options.mapping);
      continue;
    }
    ordinal += 1;
    const key = columns.keyOf(row.cells);
    const where = { file, record: ordinal, line: row.line };
    if ('fault' in row) {
      if (key !== undefined && key === gathered?.key) gathered.fault ??= row.fault;
      else {
        if (loose !== undefined) yield refused(loose.fault, loose.where);
        loose = key === undefined ? undefined : { key, where, fault: row.fault };
        if (key === undefined) yield refused(row.fault, where);
      }
      continue;
    }
    const another = gathered === undefined || key === undefined || key !== gathered.key;
    // Between two rows of one declaration, or named like it, a broken one is an item of it.
    const its = loose !== undefined && (!another || loose.key === key) ? loose.fault : undefined;
    if (loose !== undefined && its === undefined) yield refused(loose.fault, loose.where);
    loose = undefined;
    if (another) {
      if (gathered !== undefined) yield recordOf(gathered, profile);
      gathered = { key, where, parts: [], nameless: columns.namelessIn(row.cells), fault: its };
    } else gathered!.fault ??= its;
    gather(gathered!, row, columns);
  }
  if (loose !== undefined) yield refused(loose.fault, loose.where);
  if (gathered !== undefined) yield recordOf(gathered, profile);
}
