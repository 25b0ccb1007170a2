/**
 * Bulk intake: records of a reader to the office in batches, with a report of what was read, kept and refused. Memory
 * stays flat: one batch at a time, and of refusals the first thousand are kept with their place, the rest counted.
 */

import { CrosscheckError, type Where } from '../errors.ts';
import { inChunks } from '../ground/chunks.ts';
import type { AnswerRecord, DeclarationRecord, IntakeRecord } from '../intake/record.ts';
import { type Problem, toProblem } from '../present.ts';
import type { Office } from './lodge.ts';

export interface ImportReport {
  /** Records of any kind. */
  read: number;
  declarations: { new: number; repeated: number };
  /** Messages that speak of a declaration somewhere else. */
  answers: { known: number; waiting: number };
  events: number;
  outcomes: number;
  /** Of an extract or of files of reference records: offices, accounts, tariff and so on. */
  references: { written: number; unchanged: number };
  lanes: Record<string, number>;
  refused: number;
  /** The first thousand. */
  problems: Problem[];
}

const batchSize = 500;
/** A sender may be slow. */
const patienceMs = 1_000;
const problemsKept = 1000;

export const emptyReport = (): ImportReport => ({
  read: 0,
  declarations: { new: 0, repeated: 0 },
  answers: { known: 0, waiting: 0 },
  events: 0,
  outcomes: 0,
  references: { written: 0, unchanged: 0 },
  lanes: {},
  refused: 0,
  problems: [],
});

/** Adds to the report as it goes; `progress` is called after each batch. */
export async function importRecords(
  office: Office,
  records: AsyncIterable<IntakeRecord>,
  report: ImportReport = emptyReport(),
  progress: (report: ImportReport) => void = () => {},
): Promise<ImportReport> {
  for await (const chunk of inChunks(records, batchSize, patienceMs)) {
    // An answer may follow its declaration in one file, and a declaration its answer: order is kept within the chunk.
    let run: IntakeRecord[] = [];
    for (const record of chunk) {
      if (run.length > 0 && run[0]!.kind !== record.kind) {
        await take(office, run, report);
        run = [];
      }
      run.push(record);
    }
    await take(office, run, report);
    progress(report);
  }
  return report;
}

/**
 * Notes in the report why the rest of a file cannot be read: what was read before it stands. Throws what is no fault of the file.
 */
export function brokenOff(report: ImportReport, thrown: unknown, where: Where = {}): void {
  if (!(thrown instanceof CrosscheckError) || thrown.status >= 500) throw thrown;
  report.read += 1;
  report.refused += 1;
  report.problems.push(toProblem(thrown.at(where)));
}

/** Records of one kind. */
async function take(office: Office, run: readonly IntakeRecord[], report: ImportReport): Promise<void> {
  report.read += run.length;
  const [first] = run;
  if (first === undefined) return;
  if (first.kind === 'declaration') {
    for (const { check, repeated } of await office.lodge(run as DeclarationRecord[], {
      olderContent: 'known',
      inOrder: true,
    })) {
      if (repeated) report.declarations.repeated += 1;
      else {
        report.declarations.new += 1;
        report.lanes[check.lane] = (report.lanes[check.lane] ?? 0) + 1;
      }
    }
    for (const record of run as DeclarationRecord[]) {
      report.events += record.trail.length;
      report.outcomes += record.outcomes.length;
    }
  } else if (first.kind === 'answer') {
    for (const received of await office.receive(run as AnswerRecord[])) {
      report.answers[received.known ? 'known' : 'waiting'] += 1;
      report.events += received.events;
      report.outcomes += received.outcomes;
    }
  } else {
    report.refused += run.length;
    for (const record of run) {
      if (record.kind !== 'refused' || report.problems.length >= problemsKept) break;
      report.problems.push(toProblem(record.error.at(record.where)));
    }
  }
}
