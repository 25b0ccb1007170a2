/** Runs a tabulation on a table: one statement for counts and sums, one more for each histogram, of one state of it. */
import { askedOnce } from '../groups.ts';
import type { CollectionSpec, Groups, TabulateQuery } from '../port.ts';
import type { Lane, Rows } from './connection.ts';
import { groupsOf } from './groups.ts';
import { transaction } from './table.ts';
import { type IsText, tabulateBinsSql, tabulateSql } from './tabulate-sql.ts';

/** `query` was checked against the columns of the spec, whose table may have another name. */
export const tabulateOn = (
  scans: Lane,
  spec: Pick<CollectionSpec, 'name' | 'columns'>,
  table: string,
  query: TabulateQuery,
): Promise<Groups> => askedOnce(query, (once) => tabulated(scans, spec, table, once));

async function tabulated(
  scans: Lane,
  { name, columns }: Pick<CollectionSpec, 'name' | 'columns'>,
  table: string,
  query: TabulateQuery,
): Promise<Groups> {
  const isText: IsText = (column) => column === 'id' || columns[column]?.type === 'text';
  const histograms = Object.values(query.histograms ?? {});
  const { groups, bins } = await scans.use((connection) => {
    const read = async () => {
      const bins: Rows = [];
      for (const histogram of histograms)
        bins.push(...(await connection.rows(tabulateBinsSql(table, query, histogram, isText))));
      const [groups] = await connection.rows(tabulateSql(table, query, isText));
      return { bins, groups: groups! };
    };
    return histograms.length === 0 ? read() : transaction(connection, read);
  });
  return groupsOf(name, query, isText, groups, bins);
}
