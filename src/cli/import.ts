/** `crosscheck import FILE…`: declarations, trails and outcomes in bulk; a bad record is reported with its place and skipped. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { checkFiles } from '../backtest/read-files.ts';
import { masterSecret } from '../check/draw-keys.ts';
import { brokenOff, emptyReport, type ImportReport, importRecords } from '../check/import.ts';
import { openOffice } from '../check/lodge.ts';
import { openDesk } from '../check/open-desk.ts';
import { CrosscheckError } from '../errors.ts';
import { read as readRecords } from '../intake/read.ts';
import { placeOf } from '../present.ts';
import { project } from '../projections/project.ts';
import { reportText } from '../sources/report.ts';
import { knownCountry } from './country.ts';
import { extractThroughService, here, importExtract } from './import-extract.ts';
import { openFile, type Part, partsOf } from './import-files.ts';
import { onRecord } from './on-record.ts';
import {
  callService,
  type ReachOptions,
  reach,
  type Service,
  secretFolder,
  withDataOption,
} from './reach.ts';
import { badArgument } from './rules-folder.ts';

interface ImportOptions extends ReachOptions {
  country?: string;
  mapping?: string;
  json?: boolean;
  source?: string;
  full?: boolean;
  report?: string;
}

export function registerImport(program: Command): void {
  withDataOption(program.command('import'))
    .description('take in declarations, trails and outcomes in bulk')
    .argument(
      '<file...>',
      'SAD XML, WCO XML, JSON, NDJSON, CSV with --mapping; reference records in files named after their kind; ' +
        'a folder of both, as simulate writes it, or of table dumps with --mapping',
    )
    .option('--country <id>', 'country profile under which messages are read')
    .option('--mapping <file>', 'column mapping, for CSV; source mapping by id or path, for a folder')
    .option('--source <name>', 'system that a folder is an extract of; its mapping by default')
    .option('--full', 'read a folder again from the beginning')
    .option('--report <file>', 'report of a folder: .html, .json or text')
    .option('--json', 'the report as JSON')
    .action(async (files: string[], options: ImportOptions) => {
      knownCountry(options.country);
      const parts = partsOf(files, options.mapping);
      checkOptions(parts, options);
      const reached = await reach(options, 'made');
      const report = await (reached.kind === 'store'
        ? throughStore(reached.store, parts, options)
        : throughService(reached, parts, options));
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : printed(report));
      process.exitCode = report.refused > 0 && report.refused === report.read ? 2 : 0;
    });
}

/** What would be passed over in silence: a mapping that is not there, and a report or a system of what is no folder. */
function checkOptions(parts: readonly Part[], options: ImportOptions): void {
  if (options.mapping !== undefined && parts.some(({ kind }) => kind === 'file'))
    checkFiles([options.mapping]);
  if (parts.some(({ kind }) => kind === 'extract')) return;
  for (const name of ['source', 'full', 'report'] as const)
    if (options[name] !== undefined)
      throw badArgument(
        `--${name}`,
        'it is for a folder or for reference records; files of declarations alone have none',
      );
}

/** What the audit log calls it: as a service does, by the system an extract is of, and by a file's name without its folder. */
const objectOf = (part: Part, { source }: ImportOptions): string =>
  part.kind === 'extract' ? `extract ${source ?? part.mapping}` : basename(part.file);

async function throughStore(
  store: Parameters<typeof openOffice>[1],
  parts: readonly Part[],
  options: ImportOptions,
): Promise<ImportReport> {
  try {
    const desk = await openDesk({ store, secret: masterSecret(secretFolder(options)) });
    const office = openOffice(desk, store);
    const report = emptyReport();
    for (const part of parts) {
      await onRecord(store, 'import', objectOf(part, options));
      if (part.kind === 'extract') {
        const { dumps, mapping } = part;
        const found = await importExtract({ store, desk, office }, dumps, { ...options, mapping }, report);
        if (options.json !== true) process.stdout.write(reportText(found));
        continue;
      }
      const { file } = part;
      const { bytes, done } = withProgress(file);
      try {
        await importRecords(
          office,
          readRecords(bytes, { file, country: options.country, mapping: options.mapping }),
          report,
        );
      } catch (thrown) {
        // The other files are read.
        brokenOff(report, thrown, { file });
      } finally {
        done();
      }
    }
    await project(store);
    desk.close();
    return report;
  } finally {
    await store.close();
  }
}

async function throughService(
  service: Service,
  parts: readonly Part[],
  options: ImportOptions,
): Promise<ImportReport> {
  const reports: ImportReport[] = [];
  for (const part of parts) {
    if (part.kind === 'extract') {
      const { dumps, mapping } = part;
      const { report, text } = await extractThroughService(service, dumps, { ...options, mapping });
      reports.push(report);
      if (options.json !== true) process.stdout.write(text);
      continue;
    }
    const { file } = part;
    const { bytes, done } = withProgress(file);
    let fault: unknown;
    // Ended where the file cannot be read further, so that the service tells what it kept of it.
    const upToFault = async function* (whole: AsyncIterable<Uint8Array>) {
      try {
        yield* whole;
      } catch (thrown) {
        fault = thrown;
      }
    };
    const query = new URLSearchParams({ file });
    if (options.country !== undefined) query.set('country', options.country);
    if (options.mapping !== undefined) query.set('mapping', here(options.mapping));
    try {
      const response = await callService(service, `/v1/import?${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Readable.toWeb(Readable.from(upToFault(bytes))) as ReadableStream,
        duplex: 'half',
      } as RequestInit);
      const report = (await response.json()) as ImportReport;
      if (fault !== undefined) brokenOff(report, fault, { file });
      reports.push(report);
    } catch (thrown) {
      // One that is unusable keeps nobody from the others, as above.
      if (!isOfTheFile(thrown)) throw thrown;
      const report = emptyReport();
      brokenOff(report, fault ?? thrown, { file });
      reports.push(report);
    } finally {
      done();
    }
  }
  return reports.reduce(add, emptyReport());
}

/** Statuses that speak of what was sent, not of who sends it or of the service. */
const ofTheFile: readonly unknown[] = [400, 404, 413, 415, 422];

const isOfTheFile = (thrown: unknown): boolean =>
  thrown instanceof CrosscheckError &&
  thrown.code === 'CC_SERVICE_ANSWERED' &&
  ofTheFile.includes(thrown.params.status);

function add(total: ImportReport, one: ImportReport): ImportReport {
  total.read += one.read;
  total.declarations.new += one.declarations.new;
  total.declarations.repeated += one.declarations.repeated;
  total.answers.known += one.answers.known;
  total.answers.waiting += one.answers.waiting;
  total.events += one.events;
  total.outcomes += one.outcomes;
  total.references.written += one.references.written;
  total.references.unchanged += one.references.unchanged;
  total.refused += one.refused;
  for (const [lane, count] of Object.entries(one.lanes)) total.lanes[lane] = (total.lanes[lane] ?? 0) + count;
  total.problems.push(...one.problems);
  return total;
}

/** A bar over the file's bytes on a terminal, nothing in a pipe. */
function withProgress(file: string): { bytes: AsyncIterable<Uint8Array>; done: () => void } {
  const { bytes, read } = openFile(file);
  if (!process.stderr.isTTY) return { bytes, done: () => {} };
  const bar = new SingleBar({
    format: `${file} [{bar}] {percentage}% {value}/{total} MB, {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
  });
  const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
  bar.start(megabytes(statSync(file).size), 0);
  async function* counted() {
    for await (const chunk of bytes) {
      bar.update(megabytes(read()));
      yield chunk as Uint8Array;
    }
  }
  return { bytes: counted(), done: () => bar.stop() };
}

function printed(report: ImportReport): string {
  const lanes = Object.entries(report.lanes).map(([lane, count]) => `${lane} ${count}`);
  const lines = [
    `${report.read} records read`,
    `  declarations  ${report.declarations.new} new, ${report.declarations.repeated} known before${lanes.length ? `; lanes: ${lanes.join(', ')}` : ''}`,
    `  answers       ${report.answers.known} to known declarations, ${report.answers.waiting} waiting for theirs`,
    `  trail         ${report.events} events, ${report.outcomes} outcomes`,
    `  references    ${report.references.written} new, ${report.references.unchanged} known before`,
    `  refused       ${report.refused}`,
  ];
  for (const problem of report.problems.slice(0, 50)) {
    lines.push(`    ${placeOf(problem.where ?? {})} ${problem.code} ${problem.detail}`);
    lines.push(`      ${problem.hint}`);
  }
  if (report.problems.length > 50)
    lines.push(`    … and ${report.refused - 50} more; --json lists the first thousand of each file`);
  return `${lines.join('\n')}\n`;
}
