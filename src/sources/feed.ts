/**
 * An extract into a store: the marks of the last run in, reference records beside the declarations, and at the end new
 * marks, watermarks, and what the control totals contradict. Declarations themselves go through the path of checks.
 */
import { createReadStream } from 'node:fs';
import type { People } from '../check/people.ts';
import { minorDigits } from '../declaration/money.ts';
import { CrosscheckError } from '../errors.ts';
import type { IntakeRecord } from '../intake/record.ts';
import type { Feed as FeedName } from '../mapping/mapping.ts';
import { type Problem, toProblem } from '../present.ts';
import { readAll } from '../store/pages.ts';
import type { Collection, CollectionSpec, Store } from '../store/port.ts';
import { readCargo, type Unmapped } from './cargo/awmds.ts';
import {
  type Claim,
  type ControlTotal,
  compareTotals,
  type Gap,
  gapsOf,
  type Mismatch,
  type OfficeDay,
  type WatermarkDocument,
  watermarks,
  watermarksOf,
} from './completeness.ts';
import { type ExtractOptions, type ExtractReport, openExtract } from './extract.ts';
import { type Dumps, namesIn } from './folder.ts';
import type { ReferenceBook } from './reference/book.ts';
import { openReferences, type ReferenceInput } from './reference/store.ts';

/** How far a source has been read, table by table. */
interface SourceState {
  id: string;
  marks: Record<string, string>;
  recordedAt: string;
}

const states: CollectionSpec = { name: 'source_state', schema: 1, columns: {}, indexes: [] };

export interface FeedOptions extends Omit<ExtractOptions, 'since' | 'references'> {
  /** Name of the system that the extract is of; the mapping's id where absent. */
  source?: string;
  /** Reads everything again, whatever was read before. */
  full?: boolean;
}

export interface FeedReport {
  source: string;
  extract: ExtractReport;
  references: { written: number; unchanged: number };
  watermarks: WatermarkDocument[];
  mismatches: Mismatch[];
  gaps: Gap[];
  cargo: { files: number; records: number; refused: Problem[]; unmapped: (Unmapped & { file: string })[] };
}

export interface Feed {
  /** To be stored by the caller, in order. */
  records: AsyncGenerator<IntakeRecord>;
  /** As it grows; complete once `records` has ended. */
  extract: ExtractReport;
  /** To be called when all records are durable: only then is it remembered how far the source was read. */
  finish(): Promise<FeedReport>;
}

export async function openFeed(
  store: Store,
  people: People,
  dumps: Dumps,
  options: FeedOptions,
): Promise<Feed> {
  const clock = () => options.now ?? new Date();
  const recordedAt = clock().toISOString();
  const source =
    options.source ?? (typeof options.mapping === 'string' ? options.mapping : options.mapping.id);
  const stateOf: Collection<SourceState> = store.collection<SourceState>(states);
  const marksOf: Collection<WatermarkDocument> = store.collection<WatermarkDocument>(watermarks);
  const references = openReferences(store, people);
  const since = options.full === true ? undefined : (await stateOf.get(source))?.doc.marks;
  const counted = { written: 0, unchanged: 0 };
  const claims: Claim[] = [];
  const totals: ControlTotal[] = [];

  /**
   * What says that all declarations of a day are here is true when this reading has ended: before that, numbers which come
   * in a later batch would be found missing, and declarations of a day too few.
   */
  const atTheEnd: ReferenceInput[] = [];
  // Claims count from when checks know them; what else is learned, from when the reading ends.
  let claimsKnown = recordedAt;
  const put = async (batch: readonly ReferenceInput[], at = recordedAt): Promise<void> => {
    if (batch.length === 0) return;
    const { written, unchanged } = await references.put(batch, at);
    counted.written += written;
    counted.unchanged += unchanged;
  };
  const { records, report } = openExtract(dumps, {
    ...options,
    async onReferences() {
      await options.onReferences?.();
      claimsKnown = clock().toISOString();
    },
    ...(since === undefined ? {} : { since }),
    async references(batch) {
      collect(batch, report.currency, claims, totals);
      await put(batch.filter((each) => !ofAllDeclarations(each)));
      atTheEnd.push(...batch.filter(ofAllDeclarations));
    },
  });
  const cargo = {
    files: 0,
    records: 0,
    refused: [] as Problem[],
    unmapped: [] as (Unmapped & { file: string })[],
  };
  return {
    records: withCargo(records),
    extract: report,
    async finish() {
      const found = report.arrivals.days();
      const expected = since === undefined ? totals : totals.filter(({ day }) => day >= firstDay(since));
      const before = await readAll(marksOf, { column: 'source', op: 'eq', value: source });
      const known = clock().toISOString();
      await put(atTheEnd, known);
      const fresh = [
        ...watermarksOf(
          source,
          { claims: claimsKnown, rest: known },
          { found, claims, totals: expected, before },
        ),
        ...unsentOf(source, known, report.feeds, before),
      ];
      const book = await references.book(['calendar', 'holiday']);
      await marksOf.put(fresh);
      await stateOf.put([{ id: source, marks: report.marks, recordedAt }]);
      return {
        source,
        extract: report,
        references: counted,
        watermarks: fresh.filter(({ until }) => until !== beforeAnyDay),
        mismatches: compareTotals(expected, found),
        gaps: since === undefined ? gapsOf(found.filter(isDaily), closedBy(book)) : [],
        cargo,
      };
    },
  };

  /** Manifests lie in the folder as XML, beside the tables; a bad one costs itself. */
  async function* withCargo(rest: AsyncGenerator<IntakeRecord>): AsyncGenerator<IntakeRecord> {
    for (const { name: file, path } of namesIn(dumps).filter(({ name }) => /\.xml$/i.test(name))) {
      const where = { file };
      try {
        const message = await readCargo(createReadStream(path));
        await put(message.records);
        cargo.files++;
        cargo.records += message.records.length;
        for (const each of message.unmapped) cargo.unmapped.push({ file, ...each });
        for (const error of message.refused) {
          cargo.refused.push(toProblem(error.at(where)));
          yield { kind: 'refused', error: error.at(where), where: { ...where, ...error.where } };
        }
      } catch (thrown) {
        if (!(thrown instanceof CrosscheckError) || thrown.status >= 500) throw thrown;
        cargo.refused.push(toProblem(thrown.at(where)));
        yield { kind: 'refused', error: thrown.at(where), where: { ...where, ...thrown.where } };
      }
    }
    yield* rest;
  }
}

const ofAllDeclarations = ({ kind, record }: ReferenceInput): boolean =>
  (kind === 'complete' || kind === 'control-total') && record.feed === 'declaration';

/** Before any day: a feed of which nothing was ever sent is complete to no day, and no absence in it can be told. */
const beforeAnyDay = '1900-01-01';

/** Marks for feeds that the mapping knows a table for, so that they never pass for a part of the trail. */
const unsentOf = (
  source: string,
  recordedAt: string,
  feeds: readonly FeedName[],
  before: readonly WatermarkDocument[],
): WatermarkDocument[] =>
  feeds
    .filter((feed) => !before.some((mark) => mark.feed === feed && mark.until === beforeAnyDay))
    .map((feed) => ({
      id: `${source}|${feed}|*|${beforeAnyDay}`,
      source,
      feed,
      office: '*',
      until: beforeAnyDay,
      basis: 'nothing sent yet',
      recordedAt,
    }));

/** Only what every open day brings can have a gap. */
const isDaily = ({ feed }: OfficeDay): boolean => feed === 'declaration' || feed === 'trail';

/** Every watermark that is known, for `completeUntil`. */
export const knownWatermarks = (store: Store): Promise<WatermarkDocument[]> =>
  readAll(store.collection<WatermarkDocument>(watermarks), undefined);

function collect(
  batch: readonly ReferenceInput[],
  currency: string,
  claims: Claim[],
  totals: ControlTotal[],
): void {
  for (const { kind, record } of batch) {
    const feed = record.feed as FeedName;
    const office = String(record.office);
    if (kind === 'complete') claims.push({ feed, office, until: String(record.until) });
    if (kind === 'control-total')
      totals.push({
        feed,
        office,
        day: String(record.day),
        count: Number(record.count),
        taxes:
          record.taxes === undefined ? null : Math.round(Number(record.taxes) * 10 ** minorDigits(currency)),
      });
  }
}

/** The earliest day of which a later run sees everything; marks that are numbers tell no day. */
const firstDay = (since: Readonly<Record<string, string>>): string =>
  Object.values(since)
    .filter((mark) => mark.includes('-'))
    .sort()
    .at(-1) ?? '9999-12-31';

function closedBy(book: ReferenceBook): (office: string, day: string) => boolean {
  return (office, day) => {
    if (book.asOf('holiday', `${office}|${day}`, day) !== undefined) return true;
    if (book.asOf('holiday', `*|${day}`, day) !== undefined) return true;
    if (!book.has('calendar')) return [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    const hours = book.every('calendar', day).filter((entry) => entry.office === office);
    return hours.length > 0 && !hours.some((entry) => entry.weekday === weekday);
  };
}
