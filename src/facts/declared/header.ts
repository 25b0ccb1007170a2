/** Declared facts of the declaration as a whole, apart from its valuation, in the order in which they are documented. */
import { declared } from './define.ts';
import { documentRows } from './header/documents.ts';
import { identityRows } from './header/identity.ts';
import { partyRows } from './header/parties.ts';
import { regimeRows } from './header/regimes.ts';
import { totalRows } from './header/totals.ts';
import { transportRows } from './header/transport.ts';

export const headerFacts = declared('declaration', [
  ...identityRows,
  ...partyRows,
  ...transportRows,
  ...totalRows,
  ...regimeRows,
  ...documentRows,
]);
