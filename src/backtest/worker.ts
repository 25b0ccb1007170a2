/** The worker of a backtest: rules compiled once, then task after task of declarations counted. Run by piscina, as built JavaScript. */
import { createReadStream } from 'node:fs';
import piscina from 'piscina';
import { compile } from '../engine/compile.ts';
import { CrosscheckError } from '../errors.ts';
import { factCatalogue } from '../facts/catalogue.ts';
import { sheetMaker } from '../facts/lean.ts';
import { identify } from '../intake/identity.ts';
import { toProblem } from '../present.ts';
import { type Apart, apartOf, joining } from './apart.ts';
import { type Case, casesFor, type HistoryRecord } from './case.ts';
import { type ReadLine, readLine } from './history-line.ts';
import { judge, pseudonyms } from './judge.ts';
import { linesIn, type Range } from './lines.ts';
import { count, type ExampleRef, emptyTally } from './tally.ts';
import { keptRefusals, type Setup, type Task, type TaskResult } from './task.ts';

const setup = piscina.workerData as Setup;
const rulebook = compile(setup.rules, { catalogue: factCatalogue, shared: setup.shared });
const { rules } = rulebook;
const placeOf = new Map(rules.map(({ id }, place) => [id, place]));
/** Points towards a lane; rules that speak of officers or systems select nothing, whatever their weight. */
const weights = rules.map(({ kind, weight }) => (kind === 'consistency' || kind === 'risk' ? weight : 0));
const { calls, needs } = rulebook;
const hasCalls = calls.declaration.length + calls.item.length > 0;
const pseudonym = pseudonyms(setup.key);
const second = setup.apart.length > 0;
const join = joining(setup.apart);
const cases = casesFor(calls, setup.country, hasCalls ? undefined : sheetMaker(needs), pseudonym);

/** Marks of one declaration's hits. */
const isHit = new Uint8Array(rules.length);
const readyAt = Date.now();

/** A record with where it stands, which becomes the example's address. */
interface Placed {
  record: Omit<HistoryRecord, 'reference'>;
  reference?: string;
  file?: string;
  offset?: number;
  length?: number;
}

/** Big enough to resolve facts with parameters in bulk, small enough to stay in the cache. */
const batchSize = 64;

class Counting {
  readonly result: TaskResult = {
    tally: emptyTally(rules.length),
    refused: [],
    answers: 0,
    apart: [],
    joined: 0,
    readyAt,
  };
  private batch: Placed[] = [];

  private readonly gather: boolean;

  /** @param gather only what is told apart: nothing is judged */
  constructor(gather = false) {
    this.gather = gather;
  }

  async add(given: Placed): Promise<void> {
    if (this.gather) return;
    this.batch.push(second ? this.joined(given) : given);
    if (this.batch.length >= batchSize) await this.flush();
  }

  private joined(placed: Placed): Placed {
    const { record } = placed;
    const outcomes = join(record.declaration, record.outcomes);
    if (outcomes === record.outcomes) return placed;
    this.result.joined += Math.max(0, outcomes.length - record.outcomes.length);
    return { ...placed, record: { ...record, outcomes } };
  }

  answer(apart: Apart): void {
    this.result.answers++;
    if (!second && apart.outcomes.length > 0) this.result.apart.push(apart);
  }

  async flush(): Promise<void> {
    const { batch } = this;
    this.batch = [];
    const records = batch.map(({ record, reference }) => ({ reference: reference ?? '', ...record }));
    for (const [i, one] of (await cases(records)).entries()) this.count(one, batch[i]!);
  }

  private count({ sheet, declaration, trail, outcomes }: Case, placed: Placed): void {
    const { hits, notEvaluated } = rulebook.detect(sheet);
    const findings: number[] = [];
    for (const { place } of hits) {
      findings.push(place);
      isHit[place] = 1;
    }
    // In the rulebook's order, each once; the marks are wiped as they are read.
    const hit: number[] = [];
    for (let place = isHit.indexOf(1); place >= 0; place = isHit.indexOf(1, place + 1)) {
      isHit[place] = 0;
      hit.push(place);
    }
    const silent: number[] = [];
    for (const { rule } of notEvaluated) {
      const place = placeOf.get(rule)!;
      if (!silent.includes(place)) silent.push(place);
    }
    let score = 0;
    for (const place of hit) score += weights[place]!;
    count(
      this.result.tally,
      {
        judged: judge({ declaration, trail, outcomes }, pseudonym),
        hit,
        findings,
        notEvaluated: silent,
        score,
        example: () => addressOf(placed),
      },
      setup.wanted,
    );
  }

  refuse(file: string, thrown: unknown, offset?: number): void {
    this.result.tally.refused++;
    if (this.result.refused.length < keptRefusals)
      this.result.refused.push({
        file,
        ...(offset === undefined ? {} : { offset }),
        problem: toProblem(thrown),
      });
  }
}

/** Who a declaration in an NDJSON file is, is worked out for the few examples that are shown. */
const addressOf = ({ record, reference, file, offset, length }: Placed): ExampleRef => ({
  reference: reference ?? (offset === undefined ? identify(record.declaration).reference : ''),
  ...(file === undefined ? {} : { file }),
  ...(offset === undefined ? {} : { offset, length: length! }),
});

/** Each line is judged by itself: the good ones beside a bad one are kept. */
async function ofRange(range: Range, gather?: boolean): Promise<TaskResult> {
  const counting = new Counting(gather);
  for (const { text, offset, length } of linesIn(range)) {
    const line: ReadLine = readLine(text);
    if (line.kind === 'answer') counting.answer(line.apart);
    else if (line.kind === 'refused') counting.refuse(range.file, line.error, offset);
    else await counting.add({ record: line.record, file: range.file, offset, length });
  }
  await counting.flush();
  return counting.result;
}

async function ofFile(file: string, gather?: boolean): Promise<TaskResult> {
  const counting = new Counting(gather);
  try {
    // Readers of other formats are loaded where there is such a file: threads over NDJSON start without them.
    const { read } = await import('../intake/read.ts');
    const options = { file, country: setup.country, mapping: setup.mapping };
    for await (const record of read(createReadStream(file), options)) {
      if (record.kind === 'refused') counting.refuse(file, record.error.at({ ...record.where, file }));
      else if (record.kind === 'answer')
        counting.answer(apartOf([record.declaration, ...record.aliases], record.outcomes));
      else await counting.add({ record, reference: record.identity.reference, file });
    }
  } catch (thrown) {
    if (!(thrown instanceof CrosscheckError)) throw thrown;
    counting.refuse(file, thrown);
  }
  await counting.flush();
  return counting.result;
}

async function ofRecords(records: readonly HistoryRecord[]): Promise<TaskResult> {
  const counting = new Counting();
  for (const record of records) await counting.add({ record, reference: record.reference });
  await counting.flush();
  return counting.result;
}

export default async function work(task: Task): Promise<TaskResult> {
  if (task.kind === 'file') return ofFile(task.file, task.gather);
  if (task.kind === 'records') return ofRecords(task.records);
  return ofRange(task, task.gather);
}
