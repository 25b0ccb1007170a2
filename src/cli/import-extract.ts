/** A folder of table dumps in `crosscheck import`: the extract through the path of checks, then its report. */
import { writeFileSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import type { ImportReport } from '../check/import.ts';
import type { Office } from '../check/lodge.ts';
import type { OpenDesk } from '../check/open-desk.ts';
import { type TakenExtract, takeExtract } from '../projections/take-extract.ts';
import type { Progress } from '../sources/extract.ts';
import type { FeedReport } from '../sources/feed.ts';
import { reportJson, reportPage, reportText } from '../sources/report.ts';
import type { Store } from '../store/port.ts';

export interface ExtractImport {
  mapping: string;
  country?: string;
  /** Name of the system the extract is of. */
  source?: string;
  /** Everything again, not only what is new. */
  full?: boolean;
  /** Where the report goes: .html, .json, or text. */
  report?: string;
}

/** Adds to the report of the whole import; problems of the extract itself are in what it answers. */
export async function importExtract(
  { store, desk, office }: { store: Store; desk: OpenDesk; office: Office },
  folder: string,
  options: ExtractImport,
  report: ImportReport,
): Promise<TakenExtract> {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: `${folder} [{bar}] {percentage}% {value}/{total} declarations, {eta_formatted} left`,
        stream: process.stderr,
        hideCursor: true,
      })
    : undefined;
  let started = false;
  const feed = {
    mapping: options.mapping,
    ...(options.country === undefined ? {} : { country: options.country }),
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.full === undefined ? {} : { full: options.full }),
    onProgress({ phase, done, total }: Progress) {
      if (phase !== 'reading' || bar === undefined) return;
      if (!started) bar.start(total ?? 0, 0);
      started = true;
      bar.update(done);
    },
  };
  try {
    const found = await takeExtract({ store, office, refresh: desk.refresh, folder, options: feed }, report);
    if (options.report !== undefined) writeFileSync(options.report, formatOf(options.report)(found));
    return found;
  } finally {
    bar?.stop();
  }
}

export function formatOf(file: string): (report: FeedReport) => string {
  if (file.endsWith('.html')) return reportPage;
  if (file.endsWith('.json')) return (report) => `${JSON.stringify(reportJson(report), null, 2)}\n`;
  return reportText;
}
