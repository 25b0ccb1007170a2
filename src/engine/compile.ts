/**
 * A rulebook compiled: rules in, one object out that says of a declaration's facts which rules hold and which could not
 * be evaluated. Pure: no input or output, no clock. Generated code where the platform allows it, closures elsewhere;
 * both give the same answers.
 */
import { CrosscheckError } from '../errors.ts';
import type { FactCall, FactCatalogue, FactSheet, FactValue } from '../facts/model.ts';
import type { Condition, Rule } from '../rules/model.ts';
import { AppliesIndex, factsOfApplies, hasBit } from './applies.ts';
import { type Detect, type Detection, failed, reasonOf } from './detection.ts';
import { type Explained, itemNumber } from './explain.ts';
import type { Evaluation, Explanation, Finding } from './finding.ts';
import { mayGenerate } from './generate/allowed.ts';
import { type GeneratedExplainer, generatedExplainer } from './generate/explanation.ts';
import { generated } from './generate/program.ts';
import { appliesTo, interpreted } from './interpret.ts';
import { type Plan, planOf } from './plan.ts';
import { frameOf } from './slots.ts';

export interface CompileOptions {
  catalogue: FactCatalogue;
  /** Named conditions that rules share. */
  shared?: Readonly<Record<string, Condition>>;
  /** False runs closures even where code can be generated. */
  codegen?: boolean;
}

/** How one rule fared on one declaration, hit or not; item by item for rules on items. */
export interface RuleExplanation {
  rule: string;
  version: number;
  evaluations: {
    item?: number;
    /** Whether the rule's `applies` lets the declaration reach it; null where a fact for it is missing. */
    applies: boolean | null;
    result: boolean | null;
    missing: string[];
    message: Record<string, string>;
    values: Record<string, FactValue>;
    explanation: Explanation;
    error?: string;
  }[];
}

export interface CompiledRulebook {
  /** Rules that are evaluated: active and shadow, in the rulebook's order. */
  rules: readonly Rule[];
  /** Facts with parameters, to be resolved before evaluation; each once. */
  calls: { declaration: readonly FactCall[]; item: readonly FactCall[] };
  /** Names of the facts without parameters that rules, messages and the index read. */
  needs: ReadonlySet<string>;
  /** True where generated code runs, false where closures do. */
  isCompiled: boolean;
  /** Ids of the rules whose `applies` the declaration meets. */
  select(sheet: FactSheet): string[];
  /** Which rules hold, without explanations: what a backtest asks. */
  detect(sheet: FactSheet): Detection;
  /** Findings with messages and explanations. */
  evaluate(sheet: FactSheet): Evaluation;
  explain(rule: string, sheet: FactSheet): RuleExplanation;
}

export function compile(rules: readonly Rule[], options: CompileOptions): CompiledRulebook {
  const { catalogue, shared = {} } = options;
  const live = rules.filter(({ status }) => status === 'active' || status === 'shadow');
  const plans = live.map((rule, place) => planOf(rule, place, catalogue, shared));
  const byId = new Map<string, Plan>();
  for (const plan of plans) {
    if (byId.has(plan.rule.id))
      throw new CrosscheckError('CC_RULE_UNUSABLE', { rule: plan.rule.id, problem: 'its id is used twice' });
    byId.set(plan.rule.id, plan);
  }
  const index = new AppliesIndex(live);
  const isCompiled = (options.codegen ?? true) && mayGenerate();
  const detect: Detect = isCompiled ? generated(plans, index) : interpreted(plans, index);
  const explainers = plans.map((plan) => explainHits(plan, isCompiled));

  return {
    rules: live,
    ...readsOf(plans, catalogue),
    isCompiled,
    select: (sheet) => selected(plans, index, sheet).map(({ rule }) => rule.id),
    detect,
    evaluate: (sheet) => evaluated(explainers, detect(sheet), sheet),
    explain(rule, sheet) {
      const plan = byId.get(rule);
      if (plan === undefined)
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'active or shadow rule', id: rule });
      return explained(plan, index, sheet);
    },
  };
}

function readsOf(
  plans: readonly Plan[],
  catalogue: FactCatalogue,
): Pick<CompiledRulebook, 'calls' | 'needs'> {
  const needs = new Set<string>();
  const declaration = new Map<string, FactCall>();
  const item = new Map<string, FactCall>();
  for (const { rule, reads } of plans) {
    for (const fact of factsOfApplies(rule.applies)) needs.add(fact);
    for (const slot of reads) {
      if (slot.source === 'fact') needs.add(slot.fact);
      else {
        const scope = catalogue.get(slot.call.fact)?.scope;
        (scope === 'item' ? item : declaration).set(slot.call.key, slot.call);
      }
    }
  }
  return { needs, calls: { declaration: [...declaration.values()], item: [...item.values()] } };
}

function selected(plans: readonly Plan[], index: AppliesIndex, sheet: FactSheet): Plan[] {
  const { yes } = index.select(sheet);
  return plans.filter(({ place }) => hasBit(yes, index.groupOf[place]!));
}

interface HitExplainer {
  plan: Plan;
  explain(sheet: FactSheet, index: number): Explained;
}

/** Generated code is made for a rule when it first hits; most rules of a rulebook seldom do. */
function explainHits(plan: Plan, isCompiled: boolean): HitExplainer {
  let generate: GeneratedExplainer | undefined;
  let pending = isCompiled;
  return {
    plan,
    explain(sheet, index) {
      if (pending) {
        pending = false;
        generate = generatedExplainer(plan.shown);
      }
      return generate?.(sheet, index) ?? plan.explain(frameOf(sheet, index));
    },
  };
}

function evaluated(
  explainers: readonly HitExplainer[],
  { hits, notEvaluated: undecided }: Detection,
  sheet: FactSheet,
): Evaluation {
  const findings: Finding[] = [];
  let notEvaluated = undecided;
  for (const { place, index } of hits) {
    const { plan, explain } = explainers[place]!;
    try {
      findings.push(findingOf(plan, explain(sheet, index), sheet, index));
    } catch (thrown) {
      notEvaluated = [...notEvaluated, failed(plan, sheet, index, thrown)];
    }
  }
  return { findings, notEvaluated };
}

function findingOf(plan: Plan, explained: Explained, sheet: FactSheet, index: number): Finding {
  const { rule, audience, shadow, scope } = plan;
  const finding: Finding = {
    rule: rule.id,
    version: rule.version,
    kind: rule.kind,
    class: rule.class,
    risk: rule.risk,
    audience,
    weight: rule.weight,
    message: explained.message,
    values: explained.values,
    explanation: explained.explanation,
  };
  if (shadow) finding.shadow = true;
  if (rule.lane !== undefined) finding.lane = rule.lane;
  if (scope === 'item') finding.item = itemNumber(sheet.items, index);
  return finding;
}

function explained(plan: Plan, index: AppliesIndex, sheet: FactSheet): RuleExplanation {
  const { rule, scope, place } = plan;
  const group = index.groupOf[place]!;
  const selection = index.select(sheet);
  const frames = scope === 'item' ? sheet.items.map((_, i) => frameOf(sheet, i)) : [frameOf(sheet)];
  return {
    rule: rule.id,
    version: rule.version,
    evaluations: frames.map((frame) => {
      const applies = appliesTo(selection, group, frame.index);
      const item = scope === 'item' ? { item: itemNumber(sheet.items, frame.index) } : {};
      try {
        const told = plan.explain(frame);
        const missing = applies === null ? index.missing(group, sheet, frame.index) : plan.missing(frame);
        return { ...item, applies, result: told.explanation.result, missing, ...told };
      } catch (thrown) {
        const explanation: Explanation = { all: [], result: null };
        const error = reasonOf(thrown);
        return { ...item, applies, result: null, missing: [], message: {}, values: {}, explanation, error };
      }
    }),
  };
}
