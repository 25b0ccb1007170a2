/**
 * Computed facts: what follows from the declaration alone, by a formula that has one precise meaning. A sum is missing
 * where one of its parts is, so that no total is ever told from half the items. Their values are made in ./header.ts and ./item.ts.
 */
import { computed } from './define.ts';
import { formRows } from './definitions/form.ts';
import { itemRows } from './definitions/item.ts';
import { totalRows } from './definitions/totals.ts';

export const computedHeaderFacts = computed('declaration', [...totalRows, ...formRows]);

export const computedItemFacts = computed('item', itemRows);
