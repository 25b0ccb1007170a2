/**
 * By what figures can be grouped and filtered: names that a reader knows, each with the column it reads. `officer` reads
 * the column of the role that the definition credits, so that nobody answers for another's work.
 */
import { tables } from '../projections/fold.ts';
import type { Definition } from './definition.ts';

export type DimensionKind = 'people' | 'party' | 'place' | 'goods' | 'lane' | 'rule' | 'time';

export interface Dimension {
  /** Column, where it differs from the name. */
  column?: string;
  kind: DimensionKind;
  title: { en: string; fr: string };
}

export const dimensions: Readonly<Record<string, Dimension>> = {
  office: { kind: 'place', title: { en: 'Office', fr: 'Bureau' } },
  section: { kind: 'place', title: { en: 'Section', fr: 'Section' } },
  hours: { kind: 'place', title: { en: 'Hours of registration', fr: 'Heures d’enregistrement' } },
  counted: {
    column: 'handsCounted',
    kind: 'place',
    title: { en: 'Hours counted by', fr: 'Heures comptées selon' },
  },
  flow: { kind: 'place', title: { en: 'Flow', fr: 'Flux' } },
  regime: { kind: 'place', title: { en: 'Regime', fr: 'Régime' } },
  procedure: { kind: 'place', title: { en: 'Procedure', fr: 'Procédure' } },
  officer: { kind: 'people', title: { en: 'Officer', fr: 'Agent' } },
  assigner: { kind: 'people', title: { en: 'Assigner', fr: 'Agent affectant' } },
  declarant: { kind: 'party', title: { en: 'Declarant', fr: 'Déclarant' } },
  importer: { kind: 'party', title: { en: 'Importer', fr: 'Importateur' } },
  exporter: { kind: 'party', title: { en: 'Exporter', fr: 'Exportateur' } },
  consignee: { kind: 'party', title: { en: 'Consignee', fr: 'Destinataire' } },
  consignor: { kind: 'party', title: { en: 'Consignor', fr: 'Expéditeur' } },
  chapter: { kind: 'goods', title: { en: 'HS chapter', fr: 'Chapitre SH' } },
  heading: { kind: 'goods', title: { en: 'HS heading', fr: 'Position SH' } },
  hs: { kind: 'goods', title: { en: 'HS subheading', fr: 'Sous-position SH' } },
  origin: { kind: 'goods', title: { en: 'Origin', fr: 'Origine' } },
  lane: { column: 'firstLane', kind: 'lane', title: { en: 'Lane', fr: 'Circuit' } },
  lastLane: { kind: 'lane', title: { en: 'Last lane', fr: 'Dernier circuit' } },
  strictestLane: { kind: 'lane', title: { en: 'Strictest lane', fr: 'Circuit le plus strict' } },
  proposedLane: { kind: 'lane', title: { en: 'Proposed lane', fr: 'Circuit proposé' } },
  stage: { column: 'cancelledStage', kind: 'lane', title: { en: 'Stage', fr: 'Stade' } },
  criterion: { kind: 'rule', title: { en: 'Criterion', fr: 'Critère' } },
  rule: { kind: 'rule', title: { en: 'Rule', fr: 'Règle' } },
  risk: { kind: 'rule', title: { en: 'Risk area', fr: 'Domaine de risque' } },
  cause: { kind: 'rule', title: { en: 'Cause', fr: 'Cause' } },
  day: { kind: 'time', title: { en: 'Day', fr: 'Jour' } },
  week: { kind: 'time', title: { en: 'Week', fr: 'Semaine' } },
  month: { kind: 'time', title: { en: 'Month', fr: 'Mois' } },
  year: { kind: 'time', title: { en: 'Year', fr: 'Année' } },
};

export const timeDimensions = ['day', 'week', 'month', 'year'] as const;

/** Columns that tell whose work it was; only the one that the definition credits may be asked about. */
const officerColumns = new Set([
  'officer',
  'assigner',
  'assigned',
  'examiner',
  'assessor',
  'rerouter',
  'releaser',
  'canceller',
  'controller',
  'amender',
  'downrouter',
  'instigator',
]);

/** The column of a dimension for a definition, or undefined where its table has none. */
export function columnOf(definition: Pick<Definition, 'table' | 'role'>, name: string): string | undefined {
  const dimension = dimensions[name];
  if (dimension === undefined) return undefined;
  const column = name === 'officer' ? roleColumn(definition) : (dimension.column ?? name);
  return column !== undefined && column in tables[definition.table].columns ? column : undefined;
}

const roleColumn = (definition: Pick<Definition, 'table' | 'role'>): string | undefined =>
  definition.role !== undefined && definition.table === 'act' ? 'officer' : definition.role;

/** Dimensions by which a definition can be grouped: its own and time. */
export const dimensionsOf = (definition: Definition): string[] => [
  ...definition.dimensions,
  ...timeDimensions,
];

/** The column that a filter's name means: a dimension, or a column of the table that names no other officer. */
export function filterColumn(definition: Definition, name: string): string | undefined {
  if (name in dimensions) {
    const column = columnOf(definition, name);
    const people = dimensions[name]?.kind === 'people';
    return people && !definition.dimensions.includes(name) ? undefined : column;
  }
  return name in tables[definition.table].columns && !officerColumns.has(name) ? name : undefined;
}
