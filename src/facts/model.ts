/**
 * What a fact is: one named value about a declaration or an item, with type and unit. The catalogue
 * (src/facts/catalogue.ts) is a table of these; docs/facts.md, editor completions and the linter's types come from it.
 *
 * Values are what rules see: numbers are doubles, money is in MAJOR units of its currency, masses kg, rates fractions,
 * dates `YYYY-MM-DD` (type date) or ISO instants (type instant), lists arrays. A missing value is `undefined`, never null.
 */

export type FactType = 'number' | 'text' | 'boolean' | 'date' | 'instant' | 'list<text>' | 'list<number>';
export type FactValue = number | string | boolean | readonly string[] | readonly number[] | undefined;

/** Measures in which numbers may be compared or added; `money` is major units of the declaration's currency. */
export type Unit =
  | 'money'
  | 'foreign money'
  | 'kg'
  | 'fraction'
  | 'count'
  | 'hours'
  | 'days'
  | 'ratio'
  | 'score'
  | 'none';

export type FactFamily =
  | 'declared'
  | 'computed'
  | 'trail'
  | 'history'
  | 'baseline'
  | 'related'
  | 'ledger'
  | 'list'
  | 'tariff'
  | 'system';

export interface ParameterDefinition {
  type: FactType;
  required: boolean;
  /** The closed list of values where there is one. */
  values?: readonly string[];
  meaning: string;
  /** A regular expression that a text must match, where there is no closed list: the linter tells. */
  pattern?: string;
  /** Used where an optional parameter is not given. */
  default?: FactValue;
}

export interface FactDefinition {
  /** Flat, with dots: `valuation.cif`, `item.hs`, `trail.precedence`. */
  name: string;
  family: FactFamily;
  /** Facts of an item can be used in rules of `scope: item` and under list operators alone. */
  scope: 'declaration' | 'item';
  type: FactType;
  unit: Unit;
  meaning: { en: string; fr: string };
  /** SAD box, message element or formula. */
  source: string;
  /** Declared facts: where in the canonical declaration the value lies; by it a rule's example changes the declaration. */
  path?: string;
  /** Present on facts that take parameters; their values are resolved in bulk before a check is evaluated. */
  params?: Readonly<Record<string, ParameterDefinition>>;
  /** A fact about an officer may not enter a rule of kind `risk` (DESIGN decision 15). */
  aboutOfficer?: boolean;
}

export type FactCatalogue = ReadonlyMap<string, FactDefinition>;

/** A fact asked for with its parameters, as a rule writes it. `key` is canonical: equal calls have equal keys. */
export interface FactCall {
  key: string;
  fact: string;
  params: Readonly<Record<string, FactValue>>;
}

/** The values a declaration is evaluated on. Plain objects keyed by flat fact name: generated code reads them directly. */
export interface FactSheet {
  /** Facts of the declaration by name; what all declarations of a country share is inherited. */
  header: Record<string, FactValue>;
  /** Facts of each item by name, in the declaration's order. */
  items: Record<string, FactValue>[];
  /** Values of fact calls of declaration scope, by `FactCall.key`; filled by resolvers. */
  calls?: Record<string, FactValue>;
  /** Values of fact calls of item scope: one record an item. */
  itemCalls?: Record<string, FactValue>[];
}
