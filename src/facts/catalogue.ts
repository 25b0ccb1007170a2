/**
 * The catalogue of facts: what rules may speak of. docs/facts.md, the editor's completions and the linter's types are
 * made from it; the families' own files hold the rows.
 */

import { baselineFacts } from './baseline/definitions.ts';
import { computedHeaderFacts, computedItemFacts } from './computed/definitions.ts';
import { headerFacts } from './declared/header.ts';
import { itemFacts } from './declared/item.ts';
import { itemValuationFacts, valuationFacts } from './declared/valuation.ts';
import { historyFacts } from './history/definitions.ts';
import { ledgerFacts } from './ledger/definitions.ts';
import { listFacts } from './list/definitions.ts';
import type { FactCatalogue, FactDefinition } from './model.ts';
import { parameterFacts } from './parameters.ts';
import { relatedFacts } from './related/definitions.ts';
import { systemFacts } from './system/definitions.ts';
import { tariffFacts } from './tariff/definitions.ts';
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
  ...historyFacts,
  ...relatedFacts,
  ...baselineFacts,
  ...ledgerFacts,
  ...tariffFacts,
  ...systemFacts,
  ...listFacts,
];

export const factCatalogue: FactCatalogue = new Map(all.map((fact) => [fact.name, fact]));
