/** docs/indicators.md from the definitions, the methods' lints and the projected tables' columns: generated, never edited. Pure. */
import { tables } from '../projections/fold.ts';
import type { ColumnDefinition } from '../projections/table.ts';
import type { Definition, FigureSpec } from './definition.ts';
import { dimensions, dimensionsOf } from './dimensions.ts';
import { indicatorLints } from './lint.ts';
import { isAdjustment } from './plan.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells: string[]): string => `| ${cells.map(cell).join(' | ')} |`;

const directions = {
  up: 'higher is better',
  down: 'lower is better',
  band: 'both tails are looked at',
  none: 'descriptive',
};

const targetOf = ({
  figure,
  objective,
  start,
  desired,
  deadline,
  owner,
}: NonNullable<Definition['target']>) =>
  `target of \`${figure}\`: ${objective.en}, from ${start} to ${desired} by ${deadline} (${owner})`;

/** Of figures that hold people against what others show on the same work. */
const onSameWork = (figure: FigureSpec): string =>
  isAdjustment(figure) && 'strata' in figure && figure.strata !== undefined
    ? `; officers against others within ${figure.strata.join(', ')}`
    : '';

function section(definition: Definition): string {
  const { id, title, purpose, formula, figures, minimum } = definition;
  const facts = [
    `${definition.class}, ${directions[definition.direction]}`,
    `table \`${definition.table}\``,
    ...(definition.role === undefined ? [] : [`credits the ${definition.role}`]),
    ...(definition.counter === undefined ? [] : [`read beside ${definition.counter}`]),
    `compared from ${minimum.n} declarations${minimum.events === undefined ? '' : ` and ${minimum.events} expected events`} on`,
    ...(definition.target === undefined ? [] : [targetOf(definition.target)]),
    ...(definition.watch === undefined
      ? []
      : [
          `\`${definition.watch.figure}\` is watched for odds ${definition.watch.odds} times the peers’ within ${definition.watch.strata.join(', ')}`,
        ]),
    `version ${definition.version}, ${definition.owner}, review by ${definition.review}`,
    `source: ${definition.source}`,
  ];
  return [
    `### ${id} ${title.en}`,
    '',
    `*${title.fr}.* ${purpose.en}`,
    '',
    formula.en!,
    '',
    ...figures.map(
      (figure) =>
        `- \`${figure.id}\`: ${figure.title.en} (${figure.unit}, ${figure.method}${onSameWork(figure)})`,
    ),
    '',
    `By ${dimensionsOf(definition).join(', ')}.`,
    '',
    `${facts.join('; ')}.`,
    '',
  ].join('\n');
}

const watchText = [
  '## Watched from day to day',
  '',
  'Where a definition has `watch`, `crosscheck indicators ID --watch --by … --from … --to …` and',
  '`GET /v1/indicators/ID/watch` draw a risk-adjusted CUSUM (Steiner, Cook, Farewell and Treasure, 2000) of each officer,',
  'office or whatever is asked for: the value after each day with the cases and outcomes of that day and what the peers',
  'would have had on the same work, the limit, and the days on which it signalled. Each case weighs by its own risk, the',
  'peers’ rate in its strata without the one who is watched. Limits depend on how many cases there were and on how much',
  'peers differ anyway, and keep the false discovery rate of the table at 5 %; docs/detection.md says how that was',
  'measured.',
  '',
  'What it does not do: it looks back over the period that was asked for, whose limits move as the period grows; it tells',
  'that something changed and not why; a change of the work that the strata do not show can make false signals twice as',
  'frequent; a slow or small change, less than half the odds that are watched for, is not seen.',
  '',
];

export function indicatorsMarkdown(definitions: Iterable<Definition>): string {
  const columnTable = Object.entries(tables).flatMap(([name, { columns }]) => [
    `### \`${name}\``,
    '',
    row('column', 'type', 'meaning'),
    row('---', '---', '---'),
    ...Object.entries(columns as Record<string, ColumnDefinition>).map(([column, { type, meaning, money }]) =>
      row(`\`${column}\``, money === true ? 'minor units' : type, meaning),
    ),
    '',
  ]);
  return [
    '# Indicators',
    '',
    'Generated from profiles/indicators and src/projections; a test keeps it equal.',
    '',
    'Each figure carries n, 95 % limits, its peers’ value, one of three states, the period and the definition’s version, and',
    'links to exactly the declarations behind it. `crosscheck indicators ID --by … --from … --to … --where …` tells them.',
    '',
    ...watchText,
    '## Definitions',
    '',
    ...[...definitions].map(section),
    '## Dimensions',
    '',
    row('name', 'kind', 'title', 'titre'),
    row('---', '---', '---', '---'),
    ...Object.entries(dimensions).map(([name, { kind, title }]) =>
      row(`\`${name}\``, kind, title.en, title.fr),
    ),
    '',
    '## What the linter asks of an indicator file',
    '',
    row('code', 'severity', 'that'),
    row('---', '---', '---'),
    row('IN001', 'error', 'the file is YAML and fits the schema'),
    row('IN002', 'error', 'its id is its own'),
    ...indicatorLints.map(({ code, severity, about }) => row(code, severity, about)),
    '',
    '## Columns of the projected tables',
    '',
    ...columnTable,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
