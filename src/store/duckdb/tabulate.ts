/** Runs a tabulation on a table: one statement for counts and sums, one more for each histogram, of one state of it. */
import type { DuckDBValue } from '@duckdb/node-api';
import { askedOnce } from '../groups.ts';
import type { Groups, TabulateQuery } from '../port.ts';
import type { Lane } from './connection.ts';
import { groupsOf } from './groups.ts';
import { tabulateBinsSql, tabulateSql } from './sql.ts';
import { transaction } from './table.ts';

/** `query` was checked against the columns. */
export const tabulateOn = (
  scans: Lane,
  collection: string,
  table: string,
  query: TabulateQuery,
): Promise<Groups> => askedOnce(query, (once) => tabulated(scans, collection, table, once));

async function tabulated(
  scans: Lane,
  collection: string,
  table: string,
  query: TabulateQuery,
): Promise<Groups> {
  const histograms = Object.values(query.histograms ?? {});
  const { groups, bins } = await scans.use((connection) => {
    const read = async () => {
      const bins: DuckDBValue[][][] = [];
      for (const histogram of histograms)
        bins.push(await connection.columns(tabulateBinsSql(table, query, histogram)));
      return { bins, groups: await connection.columns(tabulateSql(table, query)) };
    };
    return histograms.length === 0 ? read() : transaction(connection, read);
  });
  return groupsOf(collection, query, groups, bins);
}
