/**
 * The catalogue of facts: what rules may speak of. docs/facts.md, the editor's completions and the linter's types are
 * made from it; the families' own files hold the rows.
 */
import { computedHeaderFacts, computedItemFacts } from './computed/definitions.ts';
import { headerFacts } from './declared/header.ts';
import { itemFacts } from './declared/item.ts';
import { itemValuationFacts, valuationFacts } from './declared/valuation.ts';
import { listFacts } from './list/definitions.ts';
import type { FactCatalogue, FactDefinition } from './model.ts';
import { parameterFacts } from './parameters.ts';
import { trailFacts } from './trail/definitions.ts';

const all: readonly FactDefinition[] = [
  ...headerFacts,
  ...valuationFacts,
  ...computedHeaderFacts,
  ...parameterFacts,
  ...itemFacts,
  ...itemValuationFacts,
  ...computedItemFacts,
  ...trailFacts,
  ...listFacts,
];

export const factCatalogue: FactCatalogue = new Map(all.map((fact) => [fact.name, fact]));
