/** `crosscheck indicators [ID]`: figures from the store, or through the service that holds it; without an id, the list. */
import { isDay, monthPattern } from '../declaration/dates.ts';
import { CrosscheckError } from '../errors.ts';
import { whyUnreadable } from '../ground/system-error.ts';
import { readTextSoon } from '../ground/text.ts';
import { withAge } from '../indicators/age.ts';
import { assignmentKnowledge } from '../indicators/assignment.ts';
import type { Definition } from '../indicators/definition.ts';
import { dimensionsOf } from '../indicators/dimensions.ts';
import { csvOf } from '../indicators/export/csv.ts';
import { flatPairs } from '../indicators/export/edition-lines.ts';
import { flatFigures } from '../indicators/export/lines.ts';
import { monthlyReport } from '../indicators/export/monthly.ts';
import { writeParquet } from '../indicators/export/parquet.ts';
import { reportHtml } from '../indicators/export/report/page.ts';
import { figures, sourceOf } from '../indicators/figure.ts';
import type { FigureTable } from '../indicators/figure-table.ts';
import { minimumOf } from '../indicators/judge.ts';
import { definitionOf, type LoadedIndicators, loadIndicators, soundIndicators } from '../indicators/load.ts';
import { keepPartnerRows, readPartnerRows, withMirror } from '../indicators/mirror.ts';
import { type FlaggedPair, type PairSide, type PairTable, pairTable } from '../indicators/pairs.ts';
import type { FigureRequest } from '../indicators/plan.ts';
import { withRemoved } from '../indicators/removed.ts';
import { type Language, tableLines } from '../indicators/show.ts';
import { type WatchTable, watch } from '../indicators/watch.ts';
import { project } from '../projections/project.ts';
import { diagnosticLines, hasErrors } from '../rules/diagnostic.ts';
import { onRecord } from './on-record.ts';
import { callService, type ReachOptions, reach, withDataOption } from './reach.ts';
import type { Register } from './register.ts';
import { oneOf } from './rules-folder.ts';

interface Flags extends ReachOptions {
  by?: string;
  from?: string;
  to?: string;
  asOf?: string;
  where: string[];
  previousYear?: boolean;
  sort?: string;
  limit?: string;
  json?: boolean;
  csv?: boolean;
  parquet?: string;
  report?: string;
  withPeople?: boolean;
  administration?: string;
  lint?: boolean;
  watch?: boolean;
  mirror?: string;
  prices?: string;
  currency?: string;
  lang: string;
  definitions?: string;
}

const collect = (value: string, before: string[]): string[] => [...before, value];
const today = (): string => new Date().toISOString().slice(0, 10);

function day(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (isDay(text)) return text;
  throw new CrosscheckError('CC_BAD_ARGUMENT', { name, problem: `must be a day as YYYY-MM-DD, is ${text}` });
}

function requestOf(flags: Flags): FigureRequest {
  const from = day('--from', flags.from);
  const to = day('--to', flags.to);
  const asOf = day('--as-of', flags.asOf);
  if (from !== undefined && to !== undefined && from > to) {
    throw new CrosscheckError('CC_BAD_ARGUMENT', { name: '--from', problem: `${from} is after ${to}` });
  }
  return {
    ...(flags.by === undefined
      ? {}
      : { by: flags.by.split(',').filter((name) => name !== '' && name !== 'none') }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(flags.previousYear === true ? { previousYear: true } : {}),
    ...(flags.sort === undefined ? {} : { sort: flags.sort }),
    ...(flags.limit === undefined ? {} : { limit: whole('--limit', flags.limit) }),
    where: flags.where,
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new CrosscheckError('CC_BAD_ARGUMENT', {
    name,
    problem: `must be a positive whole number, is ${text}`,
  });
}

/** The store's own answer, or the running service's where that holds the store. */
async function answer(
  definition: Definition,
  request: FigureRequest,
  options: ReachOptions,
): Promise<FigureTable> {
  const reached = await reach(options);
  if (reached.kind === 'service') {
    const response = await callService(
      reached,
      `/v1/indicators/${encodeURIComponent(definition.id)}?${queryOf(request)}`,
    );
    return (await response.json()) as FigureTable;
  }
  try {
    await project(reached.store);
    const table = await figures(sourceOf(reached.store), definition, request, today());
    const beside = await withMirror(reached.store, definition, request, table);
    return await withRemoved(reached.store, await withAge(reached.store, definition, beside));
  } finally {
    await reached.store.close();
  }
}

function queryOf(request: FigureRequest): URLSearchParams {
  const query = new URLSearchParams();
  if (request.by !== undefined) query.set('by', request.by.join(','));
  for (const name of ['from', 'to', 'asOf'] as const) {
    if (request[name] !== undefined) query.set(name, request[name]);
  }
  if (request.previousYear === true) query.set('previousYear', 'true');
  if (request.sort !== undefined) query.set('sort', request.sort);
  if (request.limit !== undefined) query.set('top', String(request.limit));
  for (const condition of request.where ?? []) query.append('where', condition);
  return query;
}

/** Pairs are a batch over a period: who meets whom oftener than the assignment rule explains. */
async function pairs(definition: Definition, flags: Flags): Promise<string> {
  const from = day('--from', flags.from);
  const to = day('--to', flags.to);
  if (from === undefined || to === undefined) {
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: definition.id,
      problem: 'pairs need --from and --to',
    });
  }
  const side = flags.by?.startsWith('assigner') === true ? 'assigner' : 'officer';
  const table = await pairsOf(definition, { from, to, side }, flags);
  if (flags.parquet !== undefined) {
    await writeParquet(flatPairs(table), flags.parquet);
    return '';
  }
  if (flags.csv === true) return csvOf(flatPairs(table));
  if (flags.json === true) return `${JSON.stringify(table)}\n`;
  const head = `${definition.id} ${side} and declarant: ${table.assigned} assigned, ${table.notApplicable} not applicable, eligibility ${table.eligibility}`;
  const lines = table.pairs
    .slice(0, flags.limit === undefined ? 20 : whole('--limit', flags.limit))
    .map(
      (pair) =>
        `${pair.officer}  ${pair.declarant}  ${pair.observed} of ${pair.n}, expected ${pair.expected.toFixed(1)}${outsideOf(pair)}, q ${pair.q.toFixed(3)}  ${pair.verdict}`,
    );
  return `${[head, ...lines].join('\n')}\n`;
}

const outsideOf = ({ outside }: FlaggedPair): string =>
  outside === 0 ? '' : `, ${outside} outside the roster`;

async function pairsOf(
  definition: Definition,
  period: { from: string; to: string; side: PairSide },
  flags: Flags,
): Promise<PairTable> {
  const reached = await reach(flags);
  if (reached.kind === 'service') {
    const path = `/v1/indicators/${encodeURIComponent(definition.id)}/pairs?${new URLSearchParams(period)}`;
    return (await (await callService(reached, path)).json()) as PairTable;
  }
  try {
    const object = [definition.id, period.side, `${period.from}/${period.to}`, 'all'].join('|');
    await onRecord(reached.store, 'pairs.read', object);
    await project(reached.store);
    const knowledge = await assignmentKnowledge(reached.store, period.from, period.to);
    return await pairTable(reached.store, { ...period, knowledge, minimum: minimumOf(definition) });
  } finally {
    await reached.store.close();
  }
}

/** Charts of the figure that is watched; one line each, the days of its signals at the end. */
async function watched(definition: Definition, flags: Flags): Promise<string> {
  const request = requestOf(flags);
  const reached = await reach(flags);
  let table: WatchTable;
  if (reached.kind === 'service') {
    const path = `/v1/indicators/${encodeURIComponent(definition.id)}/watch?${queryOf(request)}`;
    table = (await (await callService(reached, path)).json()) as WatchTable;
  } else {
    try {
      await project(reached.store);
      table = await watch(reached.store, definition, request, today());
    } finally {
      await reached.store.close();
    }
  }
  if (flags.json === true) return `${JSON.stringify(table)}\n`;
  const head = `${definition.id} ${table.figure}, watched for odds ${table.odds} times the peers' or 1/${table.odds} of them`;
  const lines = table.rows.flatMap(({ key, n, outcomes, expected, state, charts }) => {
    const who = `${Object.values(key).join(' ')}  n ${n}, ${outcomes} of ${expected?.toFixed(1) ?? '-'} expected  ${state}`;
    return charts.length === 0
      ? [who]
      : charts.map(
          ({ change, highest, limit, q, signals }) =>
            `${who}  ${change}: highest ${highest.toFixed(2)}, limit ${limit.toFixed(2)}, q ${q.toFixed(3)}${
              signals.length === 0 ? '' : `, signals ${signals.join(' ')}`
            }`,
        );
  });
  return `${[head, ...lines].join('\n')}\n`;
}

/** The month's report from the store, or through the service that holds it; its figures are frozen as they are printed. */
async function report(loaded: LoadedIndicators, flags: Flags, language: Language): Promise<string> {
  const period = flags.report!;
  if (!new RegExp(monthPattern).test(period)) {
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: '--report',
      problem: `must be a month as YYYY-MM, is ${period}`,
    });
  }
  const reached = await reach(flags);
  if (reached.kind === 'service') {
    const { administration = '', withPeople = false } = flags;
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ period, language, administration, withPeople }),
    };
    return (await callService(reached, '/v1/reports', init)).text();
  }
  const { withPeople = false } = flags;
  try {
    await onRecord(reached.store, 'report.print', period, { withPeople });
    await project(reached.store);
    return reportHtml(
      await monthlyReport(reached.store, sourceOf(reached.store), loaded.definitions.values(), {
        period,
        administration: flags.administration ?? '',
        madeAt: new Date().toISOString(),
        language,
        withPeople,
      }),
    );
  } finally {
    await reached.store.close();
  }
}

/** A partner's statistics into the store, or through the service that holds it. */
async function takeMirror(file: string, flags: Flags): Promise<string> {
  const { currency } = flags;
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency)) {
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: '--currency',
      problem: 'the currency of the values is needed, as three letters',
    });
  }
  const text = await readTextSoon(file).catch((cause: Error) => {
    if (cause instanceof CrosscheckError) throw cause;
    throw new CrosscheckError('CC_FILE_UNREADABLE', { file, problem: whyUnreadable(cause) }, { file }, cause);
  });
  const reached = await reach(flags, 'made');
  if (reached.kind === 'service') {
    const init = { method: 'POST', headers: { 'content-type': 'text/csv' }, body: text };
    const response = await callService(reached, `/v1/mirror-statistics?currency=${currency}`, init);
    return `${((await response.json()) as { rows: number }).rows} rows\n`;
  }
  try {
    const kept = await keepPartnerRows(reached.store, readPartnerRows(text, file), currency);
    await onRecord(reached.store, 'mirror.statistics', kept.file);
    return `${kept.rows} rows\n`;
  } finally {
    await reached.store.close();
  }
}

function list(loaded: LoadedIndicators, language: Language, json: boolean): string {
  const all = [...loaded.definitions.values()];
  if (json) return all.map((definition) => `${JSON.stringify(definition)}\n`).join('');
  return all
    .map(({ id, title, class: kind, ...definition }) => {
      const by = dimensionsOf({ id, title, class: kind, ...definition }).join(', ');
      return `${id}  ${title[language] ?? title.en} (${kind})\n     ${by}\n`;
    })
    .join('');
}

export const registerIndicators: Register = (program) => {
  withDataOption(program.command('indicators'))
    .description('figures by dimension, period and filter; without an id, the indicators there are')
    .argument('[id]', 'indicator, such as I05')
    .option(
      '--by <dimensions>',
      'one or two, with a comma: officer,month; the word none for one figure (default: the indicator’s own grouping)',
    )
    .option('--from <day>', 'first day')
    .option('--to <day>', 'last day')
    .option(
      '--as-of <day>',
      'day as of which open cases are told (default: the last day asked for, or today)',
    )
    .option(
      '--where <condition>',
      'such as "office = PORT" or "lane in (red, yellow)"; may be repeated',
      collect,
      [],
    )
    .option('--previous-year', 'the same period a year before beside each figure; needs --from and --to')
    .option('--sort <figure>', 'greatest first')
    .option('--limit <n>', 'the first rows alone')
    .option('--json', 'figures with limits, state and what is behind them')
    .option('--csv', 'one line a key and figure')
    .option('--parquet <file>', 'the same into a file')
    .option('--report <month>', 'the monthly report of every indicator as a printable page (HTML)')
    .option('--administration <name>', 'name on the report')
    .option('--with-people', 'a report by officer where an indicator is told so')
    .option('--lang <code>', 'en or fr', 'en')
    .option('--definitions <folder>', 'indicator files of the administration')
    .option('--prices <folder>', 'price indices for constant money, one CSV (period, index) a currency')
    .option('--mirror <file>', "take a partner's statistics (CSV: hs, origin, year, value, netMass) for I33")
    .option('--currency <code>', 'of their values, ISO 4217')
    .option('--watch', 'risk-adjusted charts of the figure that is watched for a change, with their signals')
    .option('--lint', 'say what is wrong with the indicator files')
    .action(async (id: string | undefined, flags: Flags) => {
      const language = oneOf('--lang', flags.lang, ['en', 'fr'] as const satisfies Language[])!;
      if (flags.lint === true) {
        const { diagnostics, definitions } = loadIndicators(today(), flags.definitions);
        process.stdout.write(diagnostics.map((each) => `${diagnosticLines(each)}\n`).join(''));
        process.stdout.write(`${definitions.size} indicators, ${diagnostics.length} complaints\n`);
        if (hasErrors(diagnostics)) process.exitCode = 1;
        return;
      }
      const loaded = soundIndicators(flags.definitions, today(), flags.prices);
      if (flags.mirror !== undefined) {
        process.stdout.write(await takeMirror(flags.mirror, flags));
        return;
      }
      if (flags.report !== undefined) {
        process.stdout.write(await report(loaded, flags, language));
        return;
      }
      if (id === undefined) {
        process.stdout.write(list(loaded, language, flags.json === true));
        return;
      }
      const definition = definitionOf(loaded, id);
      if (definition.figures.every(({ method }) => method === 'pairs')) {
        process.stdout.write(await pairs(definition, flags));
        return;
      }
      if (flags.watch === true) {
        process.stdout.write(await watched(definition, flags));
        return;
      }
      const table = await answer(definition, requestOf(flags), flags);
      if (flags.parquet !== undefined) {
        await writeParquet(flatFigures(table), flags.parquet);
        return;
      }
      process.stdout.write(shown(table, definition, flags, language));
    });
};

function shown(table: FigureTable, definition: Definition, flags: Flags, language: Language): string {
  if (flags.json === true) return `${JSON.stringify(table)}\n`;
  if (flags.csv === true) return csvOf(flatFigures(table));
  const title = `${definition.id} ${definition.title[language] ?? definition.title.en}`;
  const { removed } = table;
  const told =
    removed === undefined
      ? []
      : [
          `${removed.first} to ${removed.last}: declarations were removed under the retention policy, and nobody is compared`,
        ];
  return `${[title, ...tableLines(table, definition, language), ...told].join('\n')}\n`;
}
