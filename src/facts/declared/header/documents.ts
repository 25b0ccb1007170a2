/** Declared facts on the documents of the whole declaration. */
import type { DeclaredRow } from '../define.ts';

export const documentRows: readonly DeclaredRow[] = [
  [
    'documents.codes',
    'list<text>',
    'none',
    'documents.*.code',
    'types of the documents of the whole declaration',
    'types des documents de toute la déclaration',
    'WCO Declaration/AdditionalDocument',
  ],
  [
    'documents.references',
    'list<text>',
    'none',
    'documents.*.reference',
    'numbers of those documents',
    'numéros de ces documents',
    'WCO Declaration/AdditionalDocument/ID',
  ],
];
