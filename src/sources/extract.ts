/**
 * A folder of table dumps to the same records that readers of messages yield. Tables are staged in a temporary DuckDB
 * file, each declaration gets a number, and every table is streamed in the order of these numbers: what belongs to one
 * declaration is merged row by row, so memory does not grow with the extract.
 *
 * Idempotent: the same extract gives the same records with the same ids. With `since`, the marks of an earlier run, only
 * declarations come out of which some table says something new.
 */
import type { CountryProfile } from '../declaration/country-profile.ts';
import { countryIds, countryProfile } from '../declaration/country-profile.ts';
import { CrosscheckError } from '../errors.ts';
import { identify } from '../intake/identity.ts';
import type { IntakeRecord } from '../intake/record.ts';
import type { Feed, Mapping } from '../mapping/mapping.ts';
import { CellFault } from '../mapping/values.ts';
import { type Assembled, type Assembler, createAssembler } from './assemble.ts';
import {
  type CompiledMapping,
  type CompiledTable,
  cellAt,
  compileMapping,
  isReference,
  type Settings,
} from './compile.ts';
import { type Arrivals, collectArrivals } from './completeness.ts';
import { type Dumps, filesFor, filesOf, type TableFile, titleOf } from './folder.ts';
import { loadMapping } from './mapping-file.ts';
import { collectProblems, errorOf, type Problems, type RowProblem, whereOf } from './problems.ts';
import { plainTables } from './reference/plain.ts';
import { checkReference, type ReferenceInput } from './reference/store.ts';
import type { Row } from './rows.ts';
import { catalogue, type Marks, type Prepared, plainRows, prepareViews } from './sql.ts';
import { openStaging, type Staging } from './stage.ts';
import {
  named,
  type Progress,
  readAsWritten,
  stageTable,
  type TableReport,
  tablesOf,
  type Used,
  usableTable,
} from './tables.ts';

export interface ExtractOptions extends Settings {
  /** Id of a shipped mapping, path of a mapping file, or a mapping. */
  mapping: string | Mapping;
  since?: Marks;
  /** Share of memory for DuckDB, `512MB` by default; what is beyond goes to a temporary folder. */
  memory?: string;
  /** Problems kept in the report, 1,000 by default; all are counted and given to `onProblem`. */
  mostProblems?: number;
  /** Takes the reference records of the extract, a batch at a time; they come before everything else. */
  references?: (batch: ReferenceInput[]) => Promise<void>;
  /** Told when all of them were taken, before the first declaration comes. */
  onReferences?: () => Promise<void>;
  onProblem?: (problem: RowProblem) => void;
  /** Told as rows are staged and declarations come out. */
  onProgress?: (progress: Progress) => void;
  now?: Date;
}

export interface ExtractReport {
  mapping: string;
  /** National currency under which amounts were read. */
  currency: string;
  folder: string;
  startedAt: string;
  finishedAt?: string;
  tables: TableReport[];
  /** Files of the folder that are no table of the mapping. */
  unread: string[];
  /** Tables of the mapping that the folder has not. */
  missing: string[];
  /** Tables that are there and cannot be used, with the reason. */
  unusable: { table: string; problem: string }[];
  declarations: number;
  answers: number;
  events: number;
  outcomes: number;
  references: number;
  problems: Problems;
  marks: Record<string, string>;
  arrivals: Arrivals;
  /** Feeds for which the mapping has a table of its own. */
  feeds: Feed[];
  /** What was decided about the extract as a whole, in a sentence each. */
  notes: string[];
}

export interface Extract {
  /** Runs once; closing it early removes the staging too. Problems with rows are yielded as refused where they come up. */
  records: AsyncGenerator<IntakeRecord>;
  /** Complete when `records` has ended. */
  report: ExtractReport;
}

/** Throws CC_SOURCE_MAPPING_…, CC_FILE_UNREADABLE, CC_SOURCE_TABLE_MISSING at once; nothing is read before `records` is. */
export function openExtract(dumps: Dumps, options: ExtractOptions): Extract {
  const given = typeof options.mapping === 'string' ? loadMapping(options.mapping) : options.mapping;
  // Whatever the system, an extract may say how complete it is.
  const mapping: Mapping = {
    ...given,
    tables: { ...plainTables(['control-total', 'complete']), ...given.tables },
  };
  const country = options.country ?? mapping.country;
  const profile =
    country !== undefined && countryIds().includes(country) ? countryProfile(country) : undefined;
  const compiled = compileMapping(mapping, settingsOf(options, mapping, profile), (pointer, problem) => {
    throw new CrosscheckError('CC_SOURCE_MAPPING_INVALID', { pointer, problem }, { pointer });
  });
  const folder = titleOf(dumps);
  const files = filesOf(dumps);
  const used = tablesOf(compiled).map((table) => ({ table, files: filesFor(table.spec.files, files) }));
  for (const { table, files: found } of used) {
    if (found.length === 0 && (table.spec.required === true || table === compiled.header)) {
      throw new CrosscheckError(
        'CC_SOURCE_TABLE_MISSING',
        { table: table.name, files: table.spec.files.join(', '), found: named(files) },
        { file: folder },
      );
    }
  }
  const taken = new Set(used.flatMap(({ files: found }) => found));
  const report: ExtractReport = {
    mapping: `${mapping.id} ${mapping.version}`,
    currency: compiled.settings.currency,
    folder,
    startedAt: (options.now ?? new Date()).toISOString(),
    tables: [],
    unread: files.filter((file) => !taken.has(file)).map((file) => file.name),
    missing: used
      .filter(
        ({ table: { name, spec }, files: found }) =>
          found.length === 0 && name in given.tables && !spec.refused,
      )
      .map(({ table }) => table.name),
    unusable: [],
    declarations: 0,
    answers: 0,
    events: 0,
    outcomes: 0,
    references: 0,
    problems: collectProblems(options.mostProblems ?? 1000, options.onProblem ?? (() => {})),
    marks: { ...options.since },
    arrivals: collectArrivals(),
    feeds: [...new Set(Object.values(mapping.tables).flatMap(({ feeds }) => feeds ?? []))],
    notes: [],
  };
  return { records: run(used, compiled, profile, report, options), report };
}

function settingsOf(
  options: ExtractOptions,
  mapping: Mapping,
  profile: CountryProfile | undefined,
): Settings {
  const country = options.country ?? mapping.country;
  const currency = options.currency ?? mapping.currency ?? profile?.currency;
  const timezone = options.timezone ?? mapping.timezone ?? profile?.timeZone;
  return {
    ...(country === undefined ? {} : { country }),
    ...(currency === undefined ? {} : { currency }),
    ...(timezone === undefined ? {} : { timezone }),
  };
}

async function* run(
  used: readonly Used[],
  compiled: CompiledMapping,
  profile: CountryProfile | undefined,
  report: ExtractReport,
  options: ExtractOptions,
): AsyncGenerator<IntakeRecord> {
  const bytes = used.reduce((sum, { files }) => sum + files.reduce((part, file) => part + file.bytes, 0), 0);
  const staging = await openStaging(bytes, options.memory);
  const refused: RowProblem[] = [];
  const note = (problem: RowProblem) => {
    report.problems.add(problem);
    // What waits and what lacks a field is not refused; it comes out with the record it belongs to.
    if (problem.effect === 'left out') refused.push(problem);
  };
  const drain = function* (): Generator<IntakeRecord> {
    for (const problem of refused.splice(0))
      yield { kind: 'refused', error: errorOf(problem), where: whereOf(problem) };
  };
  try {
    const fileNames: string[] = [];
    const present: CompiledTable[] = [];
    for (const entry of used) {
      if (entry.files.length === 0) continue;
      const { refused: why } = entry.table.spec;
      try {
        if (why !== undefined) {
          const [{ name: file }] = entry.files as [TableFile];
          throw new CrosscheckError('CC_SOURCE_TABLE_REFUSED', { table: file, why }, { file });
        }
        const columns = await stageTable(
          staging,
          entry,
          compiled,
          report.tables,
          fileNames,
          note,
          options.onProgress,
        );
        present.push(usableTable(entry, columns, used));
      } catch (thrown) {
        // Without the declarations nothing stands; without another table the rest does.
        const bearable = thrown instanceof CrosscheckError && thrown.code.startsWith('CC_SOURCE_');
        if (!bearable || entry.table === compiled.header || entry.table.spec.required === true) throw thrown;
        report.unusable.push({ table: entry.table.name, problem: thrown.message });
        yield { kind: 'refused', error: thrown, where: thrown.where };
      }
      yield* drain();
    }

    await readAsWritten(staging, present, compiled, report.notes);
    const prepared = await prepareViews(staging, compiled, present, options.since ?? {});
    Object.assign(report.marks, prepared.marks);
    for (const table of report.tables) table.left = prepared.left.get(table.table) ?? 0;

    const now = options.now ?? new Date();
    const assembler = createAssembler(compiled, {
      profile,
      fileNames,
      report: note,
      arrived: (feed, office, at) => report.arrivals.event(feed, office, at),
      // Clocks differ and offices type ahead: two days are let pass.
      notAfter: new Date(now.getTime() + 2 * 86_400_000).toISOString(),
    });
    const shown = { report, compiled };
    for (const table of present.filter(({ spec }) => isReference(spec))) {
      for await (const rows of plainRows(staging.connection, table)) {
        const batch = rows.flatMap((row) => referenceOf(table, row, assembler, fileNames, note));
        report.references += batch.length;
        await options.references?.(batch);
      }
      yield* drain();
    }
    await options.onReferences?.();
    for await (const { key, assembled, where } of assembleAll(
      staging,
      prepared,
      compiled,
      assembler,
      fileNames,
      options,
    )) {
      yield* drain();
      yield* recordsOf(key, assembled, where, shown);
    }
    yield* drain();
    for await (const row of prepared.lost(staging)) {
      note(lostProblem(row.table, row.row, row.problem, fileNames));
      yield* drain();
    }
    for await (const orphans of prepared.orphans(staging)) {
      const name = orphanName(orphans, compiled, assembler);
      const children = new Map([[orphans.table.name, orphans.rows]]);
      const assembled = assembler.answer(children, compiled.header.name !== '');
      yield* drain();
      const [first] = orphans.rows;
      yield* recordsOf(name, assembled, { file: fileNames[first!.file]!, record: first!.row }, shown);
    }
    yield* drain();
  } finally {
    await staging.close();
    report.finishedAt = new Date().toISOString();
  }
}

/** The record of a row, or none with the reason reported. */
function referenceOf(
  table: CompiledTable,
  row: Row,
  assembler: Assembler,
  fileNames: readonly string[],
  note: (problem: RowProblem) => void,
): ReferenceInput[] {
  const input = { kind: table.spec.into.slice('reference.'.length), record: assembler.record(table, row) };
  try {
    checkReference(input);
    return [input];
  } catch (thrown) {
    if (!(thrown instanceof CrosscheckError)) throw thrown;
    note(lostProblem(table, row, new CellFault('CC_ROW_KEY', thrown.message), fileNames));
    return [];
  }
}

interface Shown {
  report: ExtractReport;
  compiled: CompiledMapping;
}

function* recordsOf(
  key: string,
  { declaration, trail, outcomes }: Assembled,
  where: { file: string; record: number },
  { report, compiled }: Shown,
): Generator<IntakeRecord> {
  report.events += trail.length;
  report.outcomes += outcomes.length;
  // Rows of another table name the declaration by the key of the source, also when they come in another extract.
  const alias = compiled.header.name === '' ? key : aliasOf(compiled.mapping.id, key);
  if (declaration !== undefined) {
    report.declarations++;
    const identity = identify(declaration);
    identity.aliases.push(alias);
    report.arrivals.declaration(declaration);
    yield { kind: 'declaration', identity, declaration, trail, outcomes, where };
  } else if (trail.length + outcomes.length > 0) {
    report.answers++;
    yield { kind: 'answer', declaration: alias, aliases: [], trail, outcomes, where };
  }
}

const aliasOf = (mapping: string, key: string): string =>
  key.startsWith('=') ? key.slice(1) : `${mapping}:${key}`;

/** What a row whose declaration is not here calls it: the reference it can make, else the key of the source. */
function orphanName(
  orphans: { table: CompiledTable; key: string; rows: Row[] },
  compiled: CompiledMapping,
  assembler: Assembler,
): string {
  const { reference } = orphans.table;
  if (reference === undefined) return orphans.key;
  const context = assembler.contextOf(orphans.table, orphans.rows[0]!, []);
  const parts = reference.map((part) => (typeof part === 'string' ? part : (cellAt(part, context) ?? '')));
  return compiled.header.name === '' ? parts.join('') : `=${parts.join('')}`;
}

const lostProblem = (
  table: CompiledTable,
  row: Row,
  fault: CellFault,
  files: readonly string[],
): RowProblem => ({
  code: fault.code,
  table: table.name,
  file: files[row.file]!,
  row: row.row,
  ...(row.line === null ? {} : { line: row.line }),
  problem: fault.problem,
  effect: 'left out',
});

/** Merges the streams of all tables by the declaration's number. */
async function* assembleAll(
  staging: Staging,
  prepared: Prepared,
  compiled: CompiledMapping,
  assembler: Assembler,
  fileNames: readonly string[],
  options: ExtractOptions,
): AsyncGenerator<{ key: string; assembled: Assembled; where: { file: string; record: number } }> {
  if (compiled.header.name === '') return;
  const total = await prepared.count(staging);
  const header = await catalogue(await staging.connect(), prepared.stream(compiled.header), compiled.header);
  const others = await Promise.all(
    prepared.tables
      .filter((table) => table !== compiled.header && table.spec.into !== 'link')
      .map(async (table) => ({
        table,
        cursor: await catalogue(await staging.connect(), prepared.stream(table), table),
      })),
  );
  let done = 0;
  for (let group = await header.next(); group !== undefined; group = await header.next()) {
    const children = new Map<string, Row[]>();
    for (const { table, cursor } of others) {
      const rows = await cursor.take(group.number);
      if (rows.length > 0) children.set(table.name, rows);
    }
    const [first] = group.rows;
    done++;
    if (done % 1000 === 0) options.onProgress?.({ phase: 'reading', done, total });
    yield {
      key: group.key,
      assembled: assembler.declaration({ header: group.rows, children }),
      where: { file: fileNames[first!.file]!, record: first!.row },
    };
  }
}
