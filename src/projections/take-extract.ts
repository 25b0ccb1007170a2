/**
 * An extract, all the way: reference records first, so that checks know them; declarations through the path of checks;
 * marks and watermarks; then what can be told only now that the trail is complete further than before.
 */
import { type ImportReport, importRecords } from '../check/import.ts';
import type { Office } from '../check/lodge.ts';
import { storedPeople } from '../check/people.ts';
import type { IntakeRecord } from '../intake/record.ts';
import { type FeedOptions, type FeedReport, openFeed } from '../sources/feed.ts';
import type { Dumps } from '../sources/folder.ts';
import type { Store } from '../store/port.ts';
import { checkCompleted } from './completed.ts';
import { project } from './project.ts';

export interface TakeExtract {
  store: Store;
  office: Office;
  /** Has checks know what was recorded. */
  refresh: () => Promise<void>;
  dumps: Dumps;
  options: FeedOptions;
  /** What each record becomes before it is taken in: refused, where the caller may not give it. */
  allow?: (record: IntakeRecord) => IntakeRecord;
}

export interface TakenExtract extends FeedReport {
  /** Declarations that got a new check because their trail is now known to be complete. */
  checkedAgain: number;
}

/** Adds to the report of the whole import; problems of the extract itself are in what it answers. */
export async function takeExtract(
  { store, office, refresh, dumps, options, allow = (record) => record }: TakeExtract,
  report: ImportReport,
): Promise<TakenExtract> {
  const feed = await openFeed(store, storedPeople(store), dumps, { ...options, onReferences: refresh });
  async function* allowed(): AsyncGenerator<IntakeRecord> {
    for await (const record of feed.records) yield allow(record);
  }
  await importRecords(office, allowed(), report);
  const found = await feed.finish();
  report.references.written += found.references.written;
  report.references.unchanged += found.references.unchanged;
  await project(store);
  const checkedAgain = await checkCompleted(store, office, refresh);
  if (checkedAgain > 0) await project(store);
  return { ...found, checkedAgain };
}
