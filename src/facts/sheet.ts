/**
 * From a declaration to the values its rules are evaluated on. On the path of every check, so plain literals and one pass:
 * no closure a fact. Facts with parameters (trail, history, lists …) are filled in afterwards by ./resolve.ts, in bulk.
 */
import type { Declaration } from '../declaration/declaration.ts';
import { nationalCurrency } from './computed/amounts.ts';
import { headerSheet } from './computed/header.ts';
import { itemSheet, pluck } from './computed/item.ts';
import type { FactSheet, FactValue } from './model.ts';
import { type Parameters, parameterValues } from './parameters.ts';

/** What holds for all declarations of one country at a time; made once, used for many. */
export interface FactContext {
  /** Values of `parameter.*` by fact name. */
  parameters: Readonly<Record<string, FactValue>>;
}

/** Of a country profile's `parameters`. */
export const factContext = (own: Parameters = {}): FactContext => ({ parameters: parameterValues(own) });

const plain = factContext();

export function factSheet(declaration: Declaration, context: FactContext = plain): FactSheet {
  const currency = nationalCurrency(declaration);
  const documentCodes = pluck(declaration.documents, 'code');
  const items = declaration.items.map((item, index) =>
    itemSheet(item, index + 1, declaration, currency, documentCodes),
  );
  return {
    header: headerSheet(declaration, items, currency, context.parameters),
    items,
  };
}
