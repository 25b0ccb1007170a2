/** What an evaluation says: findings with their explanation, and what could not be evaluated with the fact that was missing. */
import type { FactValue } from '../facts/model.ts';
import type { Audience, Rule } from '../rules/model.ts';

/** The condition tree of a hit with each operand's value; `unknown` is Kleene's third value. */
export type Explanation =
  | {
      operator: string;
      fact: string;
      params?: Readonly<Record<string, unknown>>;
      /** The fact's value; absent where missing. */
      factValue?: FactValue;
      /** The compared value, or the fact it was read from. */
      value?: unknown;
      valueFact?: string;
      /** True, false, or null for unknown. */
      result: boolean | null;
      name?: string;
    }
  | { all: Explanation[]; result: boolean | null; name?: string }
  | { any: Explanation[]; result: boolean | null; name?: string }
  | { not: Explanation; result: boolean | null; name?: string };

export interface Finding {
  rule: string;
  version: number;
  kind: Rule['kind'];
  class: Rule['class'];
  risk: Rule['risk'];
  audience: Audience;
  /** True where the rule is in status shadow: counted, with no effect. */
  shadow?: boolean;
  weight: number;
  lane?: string;
  /** Item number; absent for a finding on the declaration. */
  item?: number;
  /** By language, values filled in. */
  message: Record<string, string>;
  /** Values of `let`s and facts that the message and the tree name. */
  values: Record<string, FactValue>;
  explanation: Explanation;
}

export interface NotEvaluated {
  rule: string;
  version: number;
  item?: number;
  /** Names of the facts that were missing, or what failed. */
  missing: string[];
  /** Set where the rule failed at run time and took itself out. */
  error?: string;
}

export interface Evaluation {
  findings: Finding[];
  notEvaluated: NotEvaluated[];
}
