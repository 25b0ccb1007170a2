/**
 * What a period's findings came to, counted by rule, version and risk area: integers alone, from the projected tables.
 * A declaration counts once for each version of a rule that hit it, whichever of its checks said so first.
 */
import type { ClearanceRow } from '../projections/clearance.ts';
import { clearance } from '../projections/clearance.ts';
import { type FindingRow, finding } from '../projections/finding.ts';
import type { Audience, Rule } from '../rules/model.ts';
import type { Filter, Measure, Store } from '../store/port.ts';

export interface Period {
  /** Days, both included. */
  from?: string | undefined;
  to?: string | undefined;
  offices?: readonly string[] | undefined;
}

/** Declarations that controls looked at, and those where they found something. */
export interface Sample {
  judged: number;
  irregular: number;
}

export interface RuleCounts {
  rule: string;
  version: number;
  risk: Rule['risk'];
  kind: Rule['kind'];
  audience: Audience;
  /** Of a rule that is only counted. */
  shadow: boolean;
  /** Declarations. */
  hits: number;
  judged: number;
  confirmed: number;
  refuted: number;
  /** Judged and with something found, by whatever rule. */
  irregular: number;
  /** Of the judged, those that the draw chose. */
  random: Sample;
  seizures: number;
  prohibited: number;
  /** Duty found, minor units by currency. */
  amounts: Record<string, number>;
}

export interface Measured {
  /** Declarations of the period, controlled or not. */
  declared: number;
  /** All controlled declarations of the period, and those that the draw chose. */
  all: Sample;
  random: Sample;
  rules: RuleCounts[];
}

const is = (column: string): Filter => ({ column, op: 'eq', value: 1 });
const both = (...filters: Filter[]): Filter => ({ and: filters });
const count = (where?: Filter): Measure => (where === undefined ? { count: true } : { count: true, where });

const within = ({ from, to, offices }: Period): Filter[] => [
  ...(from === undefined ? [] : [{ column: 'day', op: 'ge', value: from } as const]),
  ...(to === undefined ? [] : [{ column: 'day', op: 'le', value: to } as const]),
  ...(offices === undefined ? [] : [{ column: 'office', op: 'in', value: offices } as const]),
];

const keyOf = (rule: unknown, version: unknown, shadow: unknown): string => `${rule}@${version}@${shadow}`;

export async function measure(store: Store, period: Period): Promise<Measured> {
  const findings = store.collection<FindingRow>(finding.spec);
  const asked = within(period);
  const where = both(is('leading'), ...asked);
  const [rules, amounts, [totals]] = await Promise.all([
    findings.aggregate({
      where,
      groupBy: ['rule', 'ruleVersion', 'risk', 'kind', 'audience', 'shadow'],
      measures: {
        hits: count(),
        judged: count(is('judged')),
        confirmed: count(is('confirmed')),
        refuted: count(is('refuted')),
        irregular: count(is('irregular')),
        randomJudged: count(both(is('judged'), is('random'))),
        randomIrregular: count(both(is('irregular'), is('random'))),
        seizures: { sum: 'seizures' },
        prohibited: { sum: 'prohibited' },
      },
    }),
    findings.aggregate({
      where: both(where, { column: 'amount', op: 'ne', value: 0 }, { column: 'currency', op: 'isNotNull' }),
      groupBy: ['rule', 'ruleVersion', 'shadow', 'currency'],
      measures: { amount: { sum: 'amount' } },
    }),
    store.collection<ClearanceRow>(clearance.spec).aggregate({
      ...(asked.length === 0 ? {} : { where: both(...asked) }),
      measures: {
        declared: count(),
        judged: count(is('judged')),
        irregular: count(both(is('judged'), is('irregular'))),
        randomJudged: count(both(is('judged'), is('random'))),
        randomIrregular: count(both(is('judged'), is('irregular'), is('random'))),
      },
    }),
  ]);
  const found = new Map<string, Record<string, number>>();
  for (const { key, values } of amounts) {
    const id = keyOf(key.rule, key.ruleVersion, key.shadow);
    found.set(id, { ...found.get(id), [String(key.currency)]: values.amount ?? 0 });
  }
  return {
    declared: totals?.values.declared ?? 0,
    all: { judged: totals?.values.judged ?? 0, irregular: totals?.values.irregular ?? 0 },
    random: { judged: totals?.values.randomJudged ?? 0, irregular: totals?.values.randomIrregular ?? 0 },
    rules: rules.map(({ key, values }) => ({
      rule: String(key.rule),
      version: Number(key.ruleVersion),
      risk: key.risk as Rule['risk'],
      kind: key.kind as Rule['kind'],
      audience: key.audience as Audience,
      shadow: key.shadow === 1,
      hits: values.hits ?? 0,
      judged: values.judged ?? 0,
      confirmed: values.confirmed ?? 0,
      refuted: values.refuted ?? 0,
      irregular: values.irregular ?? 0,
      random: { judged: values.randomJudged ?? 0, irregular: values.randomIrregular ?? 0 },
      seizures: values.seizures ?? 0,
      prohibited: values.prohibited ?? 0,
      amounts: found.get(keyOf(key.rule, key.ruleVersion, key.shadow)) ?? {},
    })),
  };
}
