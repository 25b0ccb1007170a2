/**
 * Mark sheets: drawn up from figures, commented by the person before any use, countersigned by another than who drew
 * them up, then issued and frozen: a sheet that was issued is never changed. Before that it may be drawn up anew, since the
 * person's words may show what is wrong in it; it then goes through everybody's hands again, and keeps what was said.
 */
import { CrosscheckError } from '../../errors.ts';
import { tables } from '../../projections/fold.ts';
import type { ColumnDefinition } from '../../projections/table.ts';
import type { CollectionSpec, Document, Store } from '../../store/port.ts';
import type { Definition } from '../definition.ts';
import { figures, type Source } from '../figure.ts';
import { clopperPearson } from '../statistics/binomial.ts';
import type { FigureValue } from '../telling.ts';
import type { Contract, Objective } from './contract.ts';
import { type GamingResult, gamingChecks, gamingOf } from './gaming.ts';
import {
  easedBy,
  judgeObjective,
  type ObjectiveResult,
  type Terms,
  thresholdOf,
  totalOf,
  yearsOfHistory,
} from './marks.ts';
import { boundsOfPeriod, periodsBefore, yearsBefore } from './periods.ts';

export const sheets: CollectionSpec = {
  name: 'mark_sheet',
  schema: 1,
  columns: {
    contract: { type: 'text' },
    subject: { type: 'text' },
    office: { type: 'text' },
    period: { type: 'text' },
    status: { type: 'text' },
  },
  indexes: [
    ['contract', 'period'],
    ['subject', 'period'],
  ],
};

export interface MarkSheet extends Document {
  contract: string;
  contractVersion: number;
  /** Surrogate of the officer, or the firm. */
  subject: string;
  /** The office whose history sets the thresholds; absent where every office did together. */
  office?: string;
  period: string;
  from: string;
  to: string;
  results: ObjectiveResult[];
  /** How targets were reached; none for a firm. */
  gaming?: GamingResult[];
  total: number | null;
  full: number;
  /** As the contract had it; absent in sheets of before it was kept. */
  most?: number;
  status: 'drawn up' | 'commented' | 'countersigned' | 'issued';
  drawnUpBy: string;
  /** UTC; absent in sheets of before it was kept. */
  drawnUpAt?: string;
  comment?: Comment;
  countersignedBy?: string;
  issuedAt?: string;
  /** What was said of it before it was drawn up anew, the first first. */
  earlier?: Pick<MarkSheet, 'drawnUpBy' | 'drawnUpAt' | 'total' | 'comment' | 'countersignedBy'>[];
}

interface Comment {
  by: string;
  at: string;
  text: string;
}

export interface SheetRequest {
  contract: Contract;
  subject: string;
  /** YYYY-MM or YYYY, as the contract's sheets are. */
  period: string;
  /** The office whose history sets the threshold; every office together where absent. */
  office?: string;
  drawnUpBy: string;
  /** UTC; kept by the sheet. */
  at?: string;
  /** First day on which the office names people; gaming checks look no further back. The contract's first day where absent. */
  namedFrom?: string;
  today: string;
  /** Whether all that was recorded of these days is still here; of a year that is not, nothing is taken for history. */
  isWhole?: (from: string, to: string) => Promise<boolean>;
}

/** The months or years whose cases a sheet is of: its own, those of objectives that look further back, and of gaming checks. */
export function periodsBehind({
  period,
  results,
  gaming = [],
}: Pick<MarkSheet, 'period' | 'results' | 'gaming'>): string[] {
  const periods = new Set([period, ...results.map(({ cases = period }) => cases)]);
  for (const { from = '' } of gaming)
    for (
      let back = 1;
      period.length > 4 && from !== '' && periodsBefore(period, back - 1) > from.slice(0, 7);
      back++
    )
      periods.add(periodsBefore(period, back));
  return [...periods];
}

/** Observed over expected of all officers of an office together is 1 by what it means, in any year that had cases. */
const usualRatio = ({ n }: Pick<FigureValue, 'n'>): number | null => (n > 0 ? 1 : null);

/** What colleagues show on the same work, in percent; undefined of what is no share, or where there are none. */
function onSameWork(
  own: FigureValue | undefined,
  { figures }: Definition,
  figure: string,
): number | undefined {
  if (figures.find(({ id }) => id === figure)!.method !== 'proportion') return undefined;
  return own?.expected === undefined || !own.denominator ? undefined : (own.expected / own.denominator) * 100;
}

const later = (one: string, other = ''): string => (one > other ? one : other);

/** Limits of a value; a share of counts for which its method gives none has exact ones. Of amounts there are no trials. */
function limitsOf(
  told: FigureValue | undefined,
  definition: Definition,
  id: string,
): [number, number | null] | undefined {
  if (told === undefined || told.limits !== undefined) return told?.limits;
  const figure = definition.figures.find((each) => each.id === id)!;
  const { numerator: x, denominator: n } = told;
  if (figure.method !== 'ratio' || figure.unit !== 'percent' || x === undefined || !n || x > n)
    return undefined;
  const { sum } = figure.numerator;
  const columns: Readonly<Record<string, ColumnDefinition>> = tables[definition.table].columns;
  if (sum !== undefined && columns[sum]?.money === true) return undefined;
  const { low, high } = clopperPearson(x, n);
  return [low * 100, high * 100];
}

/** What an objective asks, as the contract and the definitions have it now: a sheet is read when both are others. */
function termsOf(
  { title, better, demand, measured, counter, counterBetter, lag }: Objective,
  definitions: ReadonlyMap<string, Definition>,
): { terms: Terms } {
  const versioned = (one: Objective['measured']) => ({
    ...one,
    version: definitions.get(one.indicator)!.version,
  });
  return {
    terms: {
      title,
      measured: versioned(measured),
      better,
      demand,
      counter: versioned(counter),
      counterBetter,
      ...(lag === undefined ? {} : { lag }),
    },
  };
}

/** Draws up a sheet; nothing is stored. Figures of the person, thresholds of the office's own history. */
export async function drawUp(
  source: Source,
  definitions: ReadonlyMap<string, Definition>,
  request: SheetRequest,
): Promise<MarkSheet> {
  const { contract, subject, period, office, today } = request;
  const { from, to } = boundsOfPeriod(period);
  /** @param cases the period whose cases are asked for; `asOf`, the one at whose end they are looked at */
  const ask = async (
    measured: Objective['measured'],
    { cases, asOf }: { cases: string; asOf: string },
    whose: 'subject' | 'office',
  ): Promise<FigureValue | undefined> => {
    const definition = definitions.get(measured.indicator)!;
    const told = definition.dimensions.includes(contract.party);
    const inOffice =
      office !== undefined && definition.dimensions.includes('office') ? [`office = "${office}"`] : [];
    if (whose === 'subject' && !told) return undefined;
    // What a machine assessed is no measure of what people do: the office is everybody of whom a sheet could be.
    const somebody = whose === 'office' && told ? [`${contract.party} is not null`] : [];
    const by = whose === 'subject' ? [contract.party] : [];
    const days = { ...boundsOfPeriod(cases), asOf: boundsOfPeriod(asOf).to };
    const table = await figures(
      source,
      definition,
      { by, ...days, where: [...inOffice, ...somebody] },
      today,
    );
    return table.rows.find((row) => whose === 'office' || row.key[contract.party] === subject)?.figures[
      measured.figure
    ];
  };
  const history = async (measured: Objective['measured'], cases: string) => {
    const againstPeers =
      definitions.get(measured.indicator)!.figures.find(({ id }) => id === measured.figure)!.method ===
      'standardised';
    const origin: { period: string; value: number; n: number }[] = [];
    for (let i = 1; i <= yearsOfHistory; i++) {
      // The whole month of that year: of a leap year the 29th of February, too.
      const then = { cases: yearsBefore(cases, i), asOf: yearsBefore(period, i) };
      const { from: first, to: last } = boundsOfPeriod(then.cases);
      if ((await request.isWhole?.(first, last)) === false) continue;
      const figure = await ask(measured, then, 'office');
      const value = figure === undefined ? null : againstPeers ? usualRatio(figure) : figure.value;
      if (figure !== undefined && value !== null) {
        origin.push({ period: then.cases, value, n: figure.n });
      }
    }
    return origin;
  };
  const earliest = later(contract.from, request.namedFrom);
  const checks = new Set(contract.objectives.flatMap(({ gaming = [] }) => gaming));
  const gaming =
    office === undefined || checks.size === 0
      ? []
      : await gamingOf(
          source,
          [...gamingChecks().values()].filter(({ id }) => checks.has(id)),
          { officer: subject, office, from, to, earliest },
          today,
        );
  const asking = new Set(gaming.filter(({ state }) => state === 'look closer').map(({ check }) => check));
  const results: ObjectiveResult[] = [];
  for (const objective of contract.objectives) {
    const definition = definitions.get(objective.measured.indicator)!;
    const cases = periodsBefore(period, objective.lag ?? 0);
    const isBefore = boundsOfPeriod(cases).from < earliest;
    const now = { cases, asOf: period };
    const own = isBefore ? undefined : await ask(objective.measured, now, 'subject');
    const counter = isBefore ? undefined : await ask(objective.counter, now, 'subject');
    const usual = thresholdOf(await history(objective.measured, cases), objective.demand);
    const peers = onSameWork(own, definition, objective.measured.figure);
    const threshold =
      usual === undefined || peers === undefined
        ? usual
        : easedBy(
            usual,
            { peers, office: (await ask(objective.measured, now, 'office'))?.value ?? undefined },
            objective.better,
          );
    const counterThreshold = thresholdOf(await history(objective.counter, cases), 1);
    const counterLimits = limitsOf(
      counter,
      definitions.get(objective.counter.indicator)!,
      objective.counter.figure,
    );
    results.push({
      ...termsOf(objective, definitions),
      ...judgeObjective(
        contract,
        objective,
        {
          value: own?.value ?? null,
          n: own?.n ?? 0,
          ...(own?.limits === undefined ? {} : { limits: own.limits }),
          threshold,
          counter: {
            value: counter?.value ?? null,
            threshold: counterThreshold?.value,
            ...(counterLimits === undefined ? {} : { limits: counterLimits }),
          },
          ...(objective.lag === undefined ? {} : { cases }),
          gaming: (objective.gaming ?? []).filter((id) => asking.has(id)),
        },
        {
          month: contract.sheet === 'month' ? Number(cases.slice(5, 7)) : undefined,
          fewest: definition.minimum.n,
          isBefore,
        },
      ),
    });
  }
  return {
    // Who worked at two offices in a month has a sheet of each.
    id: [contract.id, subject, ...(office === undefined ? [] : [office]), period].join('|'),
    contract: contract.id,
    contractVersion: contract.version,
    subject,
    ...(office === undefined ? {} : { office }),
    period,
    from,
    to,
    results,
    ...(gaming.length === 0 ? {} : { gaming }),
    total: totalOf(contract.objectives, results),
    full: contract.full,
    most: contract.most,
    status: 'drawn up',
    drawnUpBy: request.drawnUpBy,
    ...(request.at === undefined ? {} : { drawnUpAt: request.at }),
  };
}

/** Stores a sheet that was drawn up, and answers it. CC_CONFLICT where one of the period was issued. */
export async function file(store: Store, sheet: MarkSheet): Promise<MarkSheet> {
  const collection = store.collection<MarkSheet>(sheets);
  const stored = await collection.get(sheet.id);
  if (stored?.doc.status === 'issued') throw conflict(sheet.id, 'it is issued and stays as it is');
  const earlier = stored === undefined ? [] : saidOf(stored.doc);
  const filed = earlier.length === 0 ? sheet : { ...sheet, earlier };
  await collection.putIf(filed, stored?.version ?? 0);
  return filed;
}

/** What was said of a sheet until now: nobody is rid of a comment by drawing it up anew. */
const saidOf = ({
  earlier = [],
  drawnUpBy,
  drawnUpAt,
  total,
  comment,
  countersignedBy,
}: MarkSheet): NonNullable<MarkSheet['earlier']> =>
  comment === undefined
    ? earlier
    : [
        ...earlier,
        {
          drawnUpBy,
          ...(drawnUpAt === undefined ? {} : { drawnUpAt }),
          total,
          comment,
          ...(countersignedBy === undefined ? {} : { countersignedBy }),
        },
      ];

const conflict = (id: string, problem: string) =>
  new CrosscheckError('CC_CONFLICT', { what: 'mark sheet', id, problem });

async function move(
  store: Store,
  id: string,
  from: MarkSheet['status'],
  change: (sheet: MarkSheet) => Partial<MarkSheet>,
): Promise<MarkSheet> {
  const collection = store.collection<MarkSheet>(sheets);
  const stored = await collection.get(id);
  if (stored === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'mark sheet', id });
  if (stored.doc.status !== from) throw conflict(id, `it is ${stored.doc.status} and must be ${from} first`);
  const changed = { ...stored.doc, ...change(stored.doc) };
  await collection.putIf(changed, stored.version);
  return changed;
}

/**
 * The person's own words, which stay with the sheet; also that there is nothing to say.
 * @param said `drawnUpAt`, of the sheet that was read: one drawn up anew since has other figures, and is read first
 */
export const comment = (
  store: Store,
  id: string,
  { by, text, at, drawnUpAt }: { by: string; text: string; at: string; drawnUpAt?: string | undefined },
): Promise<MarkSheet> =>
  move(store, id, 'drawn up', (sheet) => {
    if (by !== sheet.subject) throw conflict(id, 'only the person it is about comments on it');
    if (drawnUpAt !== undefined && drawnUpAt !== sheet.drawnUpAt)
      throw conflict(id, 'it was drawn up anew since it was read; read it again and comment on that');
    return { status: 'commented', comment: { by, at, text } };
  });

export const countersign = (store: Store, id: string, by: string): Promise<MarkSheet> =>
  move(store, id, 'commented', (sheet) => {
    if (by === sheet.drawnUpBy || by === sheet.subject) {
      throw conflict(id, 'neither who drew it up nor the person it is about countersigns it');
    }
    return { status: 'countersigned', countersignedBy: by };
  });

/** From here on the sheet is what was issued. */
export const issue = (store: Store, id: string, at: string): Promise<MarkSheet> =>
  move(store, id, 'countersigned', () => ({ status: 'issued', issuedAt: at }));
