/**
 * `crosscheck editions`: what was frozen of each month, freezing one by hand, and what one edition says that another did
 * not; from the store, or through the service that holds it.
 */

import { monthPattern } from '../declaration/dates.ts';
import { CrosscheckError } from '../errors.ts';
import { csvOf } from '../indicators/export/csv.ts';
import { flatDifferences, flatEdition } from '../indicators/export/edition-lines.ts';
import type { Flat } from '../indicators/export/flat.ts';
import { writeParquet } from '../indicators/export/parquet.ts';
import { sourceOf } from '../indicators/figure.ts';
import { freezeDue, freezeMonth } from '../indicators/frozen.ts';
import { definitionOf, soundIndicators } from '../indicators/load.ts';
import { type Difference, differencesBetween, type Edition, editions } from '../indicators/snapshot.ts';
import { project } from '../projections/project.ts';
import type { Store } from '../store/port.ts';
import { onRecord } from './on-record.ts';
import { callService, type ReachOptions, reach, type Service, withDataOption } from './reach.ts';
import type { Register } from './register.ts';

interface Flags extends ReachOptions {
  freeze?: string;
  period?: string;
  by?: string;
  show?: string;
  compare?: string;
  json?: boolean;
  csv?: boolean;
  parquet?: string;
}

type Line = Pick<Edition, 'id' | 'indicator' | 'period' | 'edition' | 'frozenAt'>;

const month = (text: string): string => {
  if (new RegExp(monthPattern).test(text)) return text;
  throw new CrosscheckError('CC_BAD_ARGUMENT', {
    name: '--freeze',
    problem: `must be a month as YYYY-MM, is ${text}`,
  });
};

const notFound = (id: string) => new CrosscheckError('CC_NOT_FOUND', { what: 'edition', id });

/** What the command asks, of the store or of the service. */
interface Desk {
  list(indicator: string | undefined, period: string | undefined): Promise<Line[]>;
  freeze(indicator: string | undefined, period: string, by: string[] | undefined): Promise<Line[]>;
  show(id: string): Promise<Edition>;
  compare(id: string): Promise<{ from: Edition; to: Edition; differences: Difference[] }>;
}

function inStore(store: Store): Desk {
  const collection = store.collection<Edition>(editions);
  const loaded = soundIndicators();
  const wanted = async (id: string): Promise<Edition> => {
    const found = await collection.get(id);
    if (found === undefined) throw notFound(id);
    return found.doc;
  };
  /** Whoever opens pairs by name is recorded. */
  const readOnRecord = async ({ id, pairs }: Edition): Promise<void> => {
    if (pairs !== undefined) await onRecord(store, 'pairs.read', id);
  };
  return {
    async list(indicator, period) {
      const asked = { indicator, period };
      const where = Object.entries(asked).flatMap(([column, value]) =>
        value === undefined ? [] : [{ column, op: 'eq' as const, value }],
      );
      const { docs } = await collection.find({
        where: { and: where },
        sort: [
          { column: 'period', direction: 'desc' },
          { column: 'indicator', direction: 'asc' },
        ],
        limit: 500,
      });
      return docs;
    },
    async freeze(indicator, period, by) {
      await onRecord(store, 'edition.freeze', `${indicator ?? 'all'} ${period}`);
      await project(store);
      const request = { period, frozenAt: new Date().toISOString() };
      const source = sourceOf(store);
      if (indicator === undefined) {
        await freezeDue(store, source, loaded.definitions.values(), request);
        return this.list(undefined, period);
      }
      const definition = definitionOf(loaded, indicator);
      return freezeMonth(store, source, definition, { ...request, ...(by === undefined ? {} : { by }) });
    },
    async show(id) {
      const edition = await wanted(id);
      await readOnRecord(edition);
      return edition;
    },
    async compare(id) {
      const to = await wanted(id);
      await readOnRecord(to);
      const from = await wanted(`${to.series}|${to.edition - 1}`);
      return { from, to, differences: differencesBetween(from, to) };
    },
  };
}

interface Compared {
  from: string;
  to: string;
  data: Difference[];
}

function atService(service: Service): Desk {
  const data = async <T>(path: string, init?: RequestInit): Promise<T> =>
    ((await (await callService(service, path, init)).json()) as { data: T }).data;
  const show = async (id: string) =>
    (await (await callService(service, `/v1/editions/${encodeURIComponent(id)}`)).json()) as Edition;
  return {
    list: (indicator, period) => {
      const query = new URLSearchParams({ limit: '500', sort: '-period,indicator' });
      if (indicator !== undefined) query.set('indicator', indicator);
      if (period !== undefined) query.set('period', period);
      return data(`/v1/editions?${query}`);
    },
    freeze: (indicator, period, by) => {
      if (indicator === undefined) {
        const problem = 'through the service one indicator is frozen at a time; name it';
        throw new CrosscheckError('CC_BAD_ARGUMENT', { name: '--freeze', problem });
      }
      return data('/v1/editions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ indicator, period, ...(by === undefined ? {} : { by }) }),
      });
    },
    show,
    async compare(id) {
      const path = `/v1/editions/${encodeURIComponent(id)}/differences`;
      const answer = (await (await callService(service, path)).json()) as Compared;
      return { from: await show(answer.from), to: await show(answer.to), differences: answer.data };
    },
  };
}

export const registerEditions: Register = (program) => {
  withDataOption(program.command('editions'))
    .description('frozen months: list, freeze, show, and what changed between two editions')
    .argument('[indicator]', 'indicator, such as I05')
    .option('--period <month>', 'of this month alone')
    .option(
      '--freeze <month>',
      'freeze the month as it stands; without an indicator, all that have no edition yet',
    )
    .option('--by <dimensions>', 'grouping to freeze, one or two dimensions')
    .option('--show <edition>', 'one edition, whole, as JSON')
    .option('--compare <edition>', 'what an edition says that the one before did not')
    .option('--json', 'one JSON object a line')
    .option('--csv', 'with --show or --compare: one line a key and figure, or a pair')
    .option('--parquet <file>', 'the same into a file')
    .action(async (indicator: string | undefined, flags: Flags) => {
      const reached = await reach(flags);
      try {
        const desk = reached.kind === 'service' ? atService(reached) : inStore(reached.store);
        process.stdout.write(await answer(desk, indicator, flags));
      } finally {
        if (reached.kind === 'store') await reached.store.close();
      }
    });
};

async function exported(flat: Flat, { parquet }: Flags): Promise<string> {
  if (parquet === undefined) return csvOf(flat);
  await writeParquet(flat, parquet);
  return '';
}

async function answer(desk: Desk, indicator: string | undefined, flags: Flags): Promise<string> {
  const lines = <T>(rows: readonly T[], text: (row: T) => string): string =>
    rows.map((row) => `${flags.json === true ? JSON.stringify(row) : text(row)}\n`).join('');
  const flat = flags.csv === true || flags.parquet !== undefined;
  if (flags.show !== undefined) {
    const edition = await desk.show(flags.show);
    return flat ? exported(flatEdition(edition), flags) : `${JSON.stringify(edition)}\n`;
  }
  if (flags.compare !== undefined) {
    const { from, to, differences } = await desk.compare(flags.compare);
    if (flat) return exported(flatDifferences(from, to, differences), flags);
    const told = (value: number | null): string => (value === null ? 'nothing' : String(value));
    return lines(
      differences,
      ({ key, figure, before, after, n }) =>
        `${key} ${figure}: ${told(before)} before, ${told(after)} now${n === undefined ? '' : ` (n ${n.before} before, ${n.after} now)`}`,
    );
  }
  if (flat) {
    const problem = 'goes with --show or --compare';
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: flags.csv === true ? '--csv' : '--parquet',
      problem,
    });
  }
  const editionsTold =
    flags.freeze === undefined
      ? await desk.list(indicator, flags.period)
      : await desk.freeze(indicator, month(flags.freeze), flags.by?.split(','));
  return lines(
    editionsTold.map(({ id, indicator: of, period, edition, frozenAt }) => ({
      id,
      indicator: of,
      period,
      edition,
      frozenAt,
    })),
    (one) => `${one.id}  edition ${one.edition}, frozen ${one.frozenAt}`,
  );
}
