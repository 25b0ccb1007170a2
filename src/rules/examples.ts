/**
 * The examples that stand in each rule: every one is a change to a clean base declaration, and says what the rule must make
 * of it. Base declarations lie in base/ of the folder (the shipped ones where it has none), one a flow.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countryProfile } from '../declaration/country-profile.ts';
import { type Declaration, flows } from '../declaration/declaration.ts';
import { validateDeclaration } from '../declaration/validate.ts';
import { CrosscheckError } from '../errors.ts';
import { changed } from '../facts/change.ts';
import { factContext } from '../facts/sheet.ts';
import { fromRoot } from '../ground/paths.ts';
import type { Place } from './diagnostic.ts';
import { evaluationLines } from './explain-text.ts';
import type { LoadedRules, RuleSource } from './load.ts';
import type { Example, Rule } from './model.ts';
import { sharedOf, trialOf } from './rulebook.ts';

export type Flow = (typeof flows)[number];
export type BaseDeclarations = Readonly<Record<Flow, Declaration>>;

export interface ExampleResult {
  rule: string;
  place: Place;
  title: string;
  expect: Example['expect'];
  got: Example['expect'] | 'failed';
  ok: boolean;
  /** What was found instead, with the tree; for a failed example alone. */
  report: string[];
}

/** @param folder of rules; its own base/ goes before the shipped one. */
export function baseDeclarations(folder: string): BaseDeclarations {
  const read = (flow: Flow): [Flow, Declaration] => {
    const own = join(folder, 'base', `${flow}.json`);
    const file = existsSync(own) ? own : fromRoot('rules', 'base', `${flow}.json`);
    try {
      return [flow, validateDeclaration(JSON.parse(readFileSync(file, 'utf8')))];
    } catch (thrown) {
      if (thrown instanceof CrosscheckError) throw thrown.at({ file });
      throw new CrosscheckError('CC_FILE_UNREADABLE', { file, problem: (thrown as Error).message }, { file });
    }
  };
  return Object.fromEntries(flows.map(read)) as Record<Flow, Declaration>;
}

/** The flow of the first base that the rule's `applies` lets through. */
const flowOf = (rule: Rule): Flow => rule.applies?.flow?.[0] ?? 'import';

/** National parameters as the rule's own country has them. */
const contextOf = (rule: Rule) =>
  rule.jurisdiction === 'any' ? factContext() : factContext(countryProfile(rule.jurisdiction).parameters);

interface Verdict {
  got: Example['expect'];
  /** Whether `applies` let the example through to the conditions. */
  reached: boolean;
  lines: string[];
}

function verdict(
  rule: Rule,
  example: Example,
  shared: ReturnType<typeof sharedOf>,
  bases: BaseDeclarations,
): Verdict {
  const compiled = trialOf({ rules: [rule], shared }, () => true);
  const { sheet } = changed(bases[flowOf(rule)], example.given, compiled.calls, contextOf(rule));
  const { findings, notEvaluated } = compiled.evaluate(sheet);
  const wanted = ({ item }: { item?: number }) => example.item === undefined || item === example.item;
  const { evaluations } = compiled.explain(rule.id, sheet);
  const got = findings.some(wanted) ? 'finding' : notEvaluated.some(wanted) ? 'not evaluated' : 'none';
  const elsewhere = got === 'none' && example.expect === 'finding' ? findings : [];
  return {
    got,
    reached: evaluations.some(({ applies }) => applies === true),
    lines: [
      ...elsewhere.map(({ item }) => `found on item ${item}, not on item ${example.item}`),
      ...evaluations.filter(wanted).flatMap((evaluation) => evaluationLines(evaluation)),
    ],
  };
}

function resultsOf(
  { rule, source }: RuleSource & { rule: Rule },
  shared: ReturnType<typeof sharedOf>,
  bases: BaseDeclarations,
): ExampleResult[] {
  let reachedOfNone = 0;
  const results = rule.examples.map((example, i): ExampleResult => {
    const common = {
      rule: rule.id,
      place: source.place(['examples', i]),
      title: example.title,
      expect: example.expect,
    };
    try {
      const { got, reached, lines } = verdict(rule, example, shared, bases);
      if (example.expect === 'none' && reached) reachedOfNone++;
      const ok = got === example.expect;
      return { ...common, got, ok, report: ok ? [] : lines };
    } catch (thrown) {
      return { ...common, got: 'failed', ok: false, report: [(thrown as Error).message] };
    }
  });
  // An example that `applies` keeps away shows that it does; the conditions need one that they themselves let go.
  const unreached = results.find(({ expect, ok }) => expect === 'none' && ok);
  if (unreached !== undefined && reachedOfNone === 0) {
    unreached.ok = false;
    unreached.report = [
      '`applies` keeps every example that expects none away, so the conditions are never seen to fail',
    ];
  }
  return results;
}

/** Every example of every rule that can be read, retired ones left out; `only` picks rules by id. */
export function runExamples(loaded: LoadedRules, only?: ReadonlySet<string>): ExampleResult[] {
  const bases = baseDeclarations(loaded.from);
  const shared = sharedOf(loaded);
  return loaded.rules
    .filter((source): source is RuleSource & { rule: Rule } => source.rule !== undefined)
    .filter(({ rule }) => rule.status !== 'retired' && (only === undefined || only.has(rule.id)))
    .flatMap((source) => resultsOf(source, shared, bases));
}

/** Findings on the clean declarations themselves: there may be none, but of risk rules, for which clean goods can be of interest. */
export function findingsOnBases(loaded: LoadedRules): { flow: Flow; rule: string; message: string }[] {
  const bases = baseDeclarations(loaded.from);
  const rules = loaded.rules.map(({ rule }) => rule).filter((rule) => rule !== undefined);
  const compiled = trialOf(
    { rules, shared: sharedOf(loaded) },
    ({ status, kind }) => status !== 'retired' && kind !== 'risk',
  );
  return flows.flatMap((flow) =>
    compiled
      .evaluate(changed(bases[flow], {}, compiled.calls).sheet)
      .findings.map(({ rule, message }) => ({ flow, rule, message: message.en ?? '' })),
  );
}
