/**
 * What the schema cannot say about an indicator file: that its columns and dimensions exist, that a target has a counter
 * beside it, that revenue is nobody's merit. Each lint has a code; docs/indicators.md lists them.
 */

import { CrosscheckError } from '../errors.ts';
import { tables } from '../projections/fold.ts';
import type { ColumnDefinition } from '../projections/table.ts';
import type { Diagnostic } from '../rules/diagnostic.ts';
import { didYouMean } from '../rules/did-you-mean.ts';
import type { Path, SourceFile } from '../rules/source.ts';
import type { Definition } from './definition.ts';
import { columnOf, dimensions } from './dimensions.ts';
import { methodOf } from './methods/table.ts';
import { operandsOfWatch } from './methods/watched.ts';
import { ownLookup } from './plan.ts';
import { parseWhere } from './where.ts';

export interface IndicatorSource {
  source: SourceFile;
  definition: Definition;
}

interface Complaint {
  path: Path;
  message: string;
  fix?: string;
}

interface Lint {
  code: string;
  severity: Diagnostic['severity'];
  /** What it guards, for the documentation. */
  about: string;
  check(definition: Definition, all: ReadonlyMap<string, Definition>, today: string): Complaint[];
}

const columnsOf = (definition: Definition): Record<string, ColumnDefinition> =>
  tables[definition.table].columns;

/** Every place of a definition where conditions stand. */
function* conditions(definition: Definition): Generator<{ path: Path; texts: readonly string[] }> {
  if (definition.where) yield { path: ['where'], texts: definition.where };
  for (const [i, figure] of definition.figures.entries()) {
    for (const [key, value] of Object.entries(figure)) {
      if (key === 'where') yield { path: ['figures', i, key], texts: value as string[] };
      const operand = value as { where?: string[] };
      if (typeof value === 'object' && Array.isArray(operand.where))
        yield { path: ['figures', i, key, 'where'], texts: operand.where };
    }
  }
}

/** Every place where a column is named outside conditions. */
function* namedColumns(
  definition: Definition,
): Generator<{ path: Path; column: string; use: 'sum' | 'distinct' | 'bin' }> {
  for (const [i, figure] of definition.figures.entries()) {
    if ('bin' in figure) yield { path: ['figures', i, 'bin'], column: figure.bin, use: 'bin' };
    if ('digits' in figure) yield { path: ['figures', i, 'digits'], column: figure.digits, use: 'bin' };
    for (const [key, value] of Object.entries(figure)) {
      if (typeof value !== 'object') continue;
      const operand = value as { sum?: unknown; distinct?: unknown };
      if (typeof operand.sum === 'string')
        yield { path: ['figures', i, key, 'sum'], column: operand.sum, use: 'sum' };
      if (typeof operand.distinct === 'string')
        yield { path: ['figures', i, key, 'distinct'], column: operand.distinct, use: 'distinct' };
    }
  }
}

export const indicatorLints: readonly Lint[] = [
  {
    code: 'IN003',
    severity: 'error',
    about: 'a condition can be read and its columns exist',
    check: (definition) =>
      [...conditions(definition)].flatMap(({ path, texts }) =>
        texts.flatMap((text, i): Complaint[] => {
          try {
            parseWhere([text], ownLookup(definition), '2026-01-01');
            return [];
          } catch (thrown) {
            if (!(thrown instanceof CrosscheckError)) throw thrown;
            return [{ path: [...path, i], message: thrown.message, fix: thrown.hint }];
          }
        }),
      ),
  },
  {
    code: 'IN004',
    severity: 'error',
    about: 'a column that is added up or binned exists and holds integers',
    check: (definition) =>
      [...namedColumns(definition)].flatMap(({ path, column, use }): Complaint[] => {
        const found = columnsOf(definition)[column];
        if (found === undefined) {
          return [
            {
              path,
              message: `${definition.table} has no column ${column}`,
              fix: didYouMean(column, Object.keys(columnsOf(definition))),
            },
          ];
        }
        if (use === 'bin' && !column.endsWith('Bin')) {
          return [
            {
              path,
              message: `${column} is not binned`,
              fix: 'Quantiles are told from columns that end in Bin.',
            },
          ];
        }
        return use !== 'distinct' && found.type !== 'integer'
          ? [{ path, message: `${column} is text and cannot be added up` }]
          : [];
      }),
  },
  {
    code: 'IN005',
    severity: 'error',
    about: 'a dimension exists in the table that is measured',
    check: (definition) => {
      const named: { path: Path; name: string }[] = [
        ...definition.dimensions.map((name, i) => ({ path: ['dimensions', i] as Path, name })),
        ...(definition.by ?? []).map((name, i) => ({ path: ['by', i] as Path, name })),
        ...(definition.watch?.strata ?? []).map((name, i) => ({
          path: ['watch', 'strata', i] as Path,
          name,
        })),
        ...definition.figures.flatMap((figure, i) => [
          ...('strata' in figure && figure.strata !== undefined
            ? figure.strata.map((name, j) => ({ path: ['figures', i, 'strata', j] as Path, name }))
            : []),
          ...(figure.method === 'age' ? [{ path: ['figures', i, 'of'] as Path, name: figure.of }] : []),
          ...('over' in figure ? [{ path: ['figures', i, 'over'] as Path, name: figure.over }] : []),
        ]),
      ];
      return named
        .filter(({ name }) => columnOf(definition, name) === undefined)
        .map(({ path, name }) => ({
          path,
          message:
            name === 'officer' && definition.role === undefined
              ? 'figures by officer need `role`: whose work it is'
              : `${name} is no dimension of ${definition.table}`,
          fix: didYouMean(name, Object.keys(dimensions)),
        }));
    },
  },
  {
    code: 'IN006',
    severity: 'error',
    about: 'a figure that is better high or low, and every target, names the indicator that shows gaming',
    check: (definition, all) => {
      if (definition.counter !== undefined && !all.has(definition.counter)) {
        return [{ path: ['counter'], message: `there is no indicator ${definition.counter}` }];
      }
      const needed = definition.target !== undefined;
      return needed && definition.counter === undefined
        ? [
            {
              path: ['target'],
              message: 'a target without a counter-indicator invites gaming',
              fix: 'Name one under `counter`.',
            },
          ]
        : [];
    },
  },
  {
    code: 'IN007',
    severity: 'error',
    about: 'texts are there in English and French',
    check: (definition) => {
      const texts: [Path, Record<string, string>][] = [
        [['title'], definition.title],
        [['purpose'], definition.purpose],
        [['formula'], definition.formula],
        ...definition.figures.map((figure, i): [Path, Record<string, string>] => [
          ['figures', i, 'title'],
          figure.title,
        ]),
      ];
      return texts.flatMap(([path, text]) =>
        ['en', 'fr']
          .filter((language) => !text[language]?.trim())
          .map((language) => ({ path, message: `${path.join('.')} has no text in ${language}` })),
      );
    },
  },
  {
    code: 'IN008',
    severity: 'warning',
    about: 'the definition was reviewed in time',
    check: (definition, _all, today) =>
      definition.review < today
        ? [
            {
              path: ['review'],
              message: `the review was due on ${definition.review}`,
              fix: `Ask ${definition.owner}.`,
            },
          ]
        : [],
  },
  {
    code: 'IN009',
    severity: 'error',
    about: 'figures have names of their own, and what names a figure finds it',
    check: (definition) => {
      const ids = definition.figures.map(({ id }) => id);
      const twice = ids.flatMap((id, i): Complaint[] =>
        ids.indexOf(id) === i
          ? []
          : [{ path: ['figures', i, 'id'], message: `two figures are called ${id}` }],
      );
      const named = [
        ...(definition.top ? [{ path: ['top', 'figure'], id: definition.top.figure }] : []),
        ...(definition.target ? [{ path: ['target', 'figure'], id: definition.target.figure }] : []),
        ...(definition.watch ? [{ path: ['watch', 'figure'], id: definition.watch.figure }] : []),
      ];
      return [
        ...twice,
        ...named
          .filter(({ id }) => !ids.includes(id))
          .map(({ path, id }) => ({ path, message: `there is no figure ${id}`, fix: didYouMean(id, ids) })),
      ];
    },
  },
  {
    code: 'IN010',
    severity: 'error',
    about:
      'an amount of money credits no officer: who is given the rich declarations collects more (customs-practice 3.3)',
    check: (definition) => {
      const [principal] = definition.figures;
      return principal?.unit === 'money' &&
        principal.method === 'total' &&
        definition.dimensions.includes('officer') &&
        definition.direction !== 'none'
        ? [
            {
              path: ['direction'],
              message: 'an amount per officer is neither good nor bad',
              fix: 'Use `direction: none`, or a figure of method standardised.',
            },
          ]
        : [];
    },
  },
  {
    code: 'IN011',
    severity: 'warning',
    about: 'a figure on people is compared from at least thirty declarations on',
    // Of pairs the number is the declarant's, and what protects people is how many were to be expected; prices and digits
    // are told of traders alone.
    check: (definition) =>
      definition.dimensions.includes('officer') &&
      definition.direction !== 'none' &&
      definition.figures.every(({ method }) => method !== 'pairs') &&
      definition.figures.some((figure) => methodOf(figure)?.ofTraders === undefined) &&
      definition.minimum.n < 30
        ? [
            {
              path: ['minimum', 'n'],
              message: `${definition.minimum.n} declarations are few to compare officers on`,
            },
          ]
        : [],
  },
  {
    code: 'IN012',
    severity: 'error',
    about: 'at least one figure can be told by plan, or the file says which batch tells it',
    check: (definition) =>
      definition.figures.some(
        (figure) => methodOf(figure) !== undefined || figure.method === 'pairs' || figure.method === 'mirror',
      )
        ? []
        : [{ path: ['figures'], message: 'no figure of this indicator can be told' }],
  },
  {
    code: 'IN013',
    severity: 'error',
    about: 'what is watched for a change is a share of rows or a standardised count of them',
    check: (definition) => {
      const watched = definition.figures.find(({ id }) => id === definition.watch?.figure);
      return watched === undefined || operandsOfWatch(watched) !== undefined
        ? []
        : [
            {
              path: ['watch', 'figure'],
              message: `${watched.id} is told by ${watched.method} and does not come case by case`,
              fix: 'Watch a figure of method proportion, or one of method standardised that counts rows.',
            },
          ];
    },
  },
  {
    code: 'IN014',
    severity: 'error',
    about:
      'first digits are told of an amount of money and from the bins of that amount: numbers that are assigned follow no law',
    check: (definition) =>
      definition.figures.flatMap((figure, i): Complaint[] => {
        if (figure.method !== 'firstDigits') return [];
        const { amount, digits } = figure;
        if (columnsOf(definition)[amount]?.money !== true)
          return [{ path: ['figures', i, 'amount'], message: `${amount} is no amount of money` }];
        return digits === `${amount}DigitsBin`
          ? []
          : [{ path: ['figures', i, 'digits'], message: `${digits} holds no first digits of ${amount}` }];
      }),
  },
];

/** Everything that is wrong with definitions that fit the schema. */
export function lintIndicators(sources: readonly IndicatorSource[], today: string): Diagnostic[] {
  const all = new Map(sources.map(({ definition }) => [definition.id, definition]));
  const seen = new Set<string>();
  return sources.flatMap(({ source, definition }) => {
    const say = (
      code: string,
      severity: Diagnostic['severity'],
      { path, message, fix }: Complaint,
    ): Diagnostic => ({
      code,
      severity,
      place: source.place(path),
      message,
      ...(fix === undefined ? {} : { fix }),
      rule: definition.id,
    });
    const twice = seen.has(definition.id);
    seen.add(definition.id);
    return [
      ...(twice
        ? [say('IN002', 'error', { path: ['id'], message: `another file defines ${definition.id} too` })]
        : []),
      ...indicatorLints.flatMap(({ code, severity, check }) =>
        check(definition, all, today).map((complaint) => say(code, severity, complaint)),
      ),
    ];
  });
}
