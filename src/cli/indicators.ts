/** `crosscheck indicators [ID]`: figures from the store, or through the service that holds it; without an id, the list. */
import { CrosscheckError } from '../errors.ts';
import type { Definition } from '../indicators/definition.ts';
import { dimensionsOf } from '../indicators/dimensions.ts';
import { type FigureTable, figures, sourceOf } from '../indicators/figure.ts';
import { definitionOf, type LoadedIndicators, loadIndicators, soundIndicators } from '../indicators/load.ts';
import type { FigureRequest } from '../indicators/plan.ts';
import { type Language, tableLines } from '../indicators/show.ts';
import { project } from '../projections/project.ts';
import { diagnosticLines, hasErrors } from '../rules/diagnostic.ts';
import type { Register } from './main.ts';
import { callService, type ReachOptions, reach, withDataOption } from './reach.ts';

interface Flags extends ReachOptions {
  by?: string;
  from?: string;
  to?: string;
  asOf?: string;
  where: string[];
  json?: boolean;
  lint?: boolean;
  lang: string;
  definitions?: string;
}

const collect = (value: string, before: string[]): string[] => [...before, value];
const today = (): string => new Date().toISOString().slice(0, 10);

function day(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
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
    where: flags.where,
  };
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
    return await figures(sourceOf(reached.store), definition, request, today());
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
  for (const condition of request.where ?? []) query.append('where', condition);
  return query;
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
    .option('--by <dimensions>', 'one or two, with a comma: officer,month; none for one figure')
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
    .option('--json', 'figures with limits, state and what is behind them')
    .option('--lang <code>', 'en or fr', 'en')
    .option('--definitions <folder>', 'indicator files of the administration')
    .option('--lint', 'say what is wrong with the indicator files')
    .action(async (id: string | undefined, flags: Flags) => {
      const language: Language = flags.lang === 'fr' ? 'fr' : 'en';
      if (flags.lint === true) {
        const { diagnostics, definitions } = loadIndicators(today(), flags.definitions);
        process.stdout.write(diagnostics.map((each) => `${diagnosticLines(each)}\n`).join(''));
        process.stdout.write(`${definitions.size} indicators, ${diagnostics.length} complaints\n`);
        if (hasErrors(diagnostics)) process.exitCode = 1;
        return;
      }
      const loaded = soundIndicators(flags.definitions, today());
      if (id === undefined) {
        process.stdout.write(list(loaded, language, flags.json === true));
        return;
      }
      const definition = definitionOf(loaded, id);
      const table = await answer(definition, requestOf(flags), flags);
      process.stdout.write(
        flags.json === true
          ? `${JSON.stringify(table)}\n`
          : `${definition.id} ${definition.title[language] ?? definition.title.en}\n${tableLines(table, definition, language).join('\n')}\n`,
      );
    });
};
