/**
 * The feed: rows a second from table dumps to canonical records, form by form, against a bare DuckDB scan of the same
 * files, which reads every cell and does nothing with it. `CROSSCHECK_BENCH_DECLARATIONS=500000` makes it the year of a
 * mid-sized country (500,000 declarations, 1.25 million items, 2.5 million tax lines, 4 million rows of the trail);
 * `CROSSCHECK_BENCH_SOURCE=asycuda-world` is that source alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openExtract } from '../src/sources/extract.ts';
import { type BenchCase, type BenchResult, machine } from './result.ts';

/** Rows of each table for one declaration d, as SQL over range(n). */
const world: Record<string, string> = {
  SAD_GENERAL_SEGMENT: `SELECT d AS INSTANCEID, 'CUO' || (d % 12) AS IDE_CUO_COD, 'I' AS IDE_TYP_TYP, 'IM' AS IDE_TYP_SAD, 4 AS IDE_TYP_PRC,
    'C' AS IDE_REG_SER, d AS IDE_REG_NBR, TIMESTAMP '2025-01-02 07:00:00' + INTERVAL (d % 525000) MINUTE AS IDE_REG_DAT,
    'BRK' || (d % 300) AS DEC_COD, 2025 AS DEC_REF_YER, 'REF' || d AS DEC_REF_NBR, 'TIN' || (d % 9000) AS CMP_CON_COD,
    2 + d % 2 AS PTY_NBR_ITM, 1000 + d % 5000 AS VGS_TOT_GRS, 250000 + d % 77777 AS VGS_CIF, 'USD' AS VGS_INV_CUR_COD, 400 + d % 99 AS VGS_INV_AMT_FCX,
    (d % 4 = 0)::INTEGER AS PTY_RED, (d % 4 = 1)::INTEGER AS PTY_YEL, (d % 4 = 2)::INTEGER AS PTY_GRE, (d % 4 = 3)::INTEGER AS PTY_BLU,
    45000 AS FIN_AMT_DTY FROM range(N) t(d)`,
  SAD_ITEM: `SELECT d AS INSTANCEID, i AS KEY_ITM_NBR, ['85171300', '10063000', '87032310', '61091000'][1 + (d + i) % 4] AS TAR_HSC_NB1,
    4000 AS TAR_PRC_EXT, '000' AS TAR_PRC_NAT, ['CN', 'FR', 'IN'][1 + d % 3] AS GDS_ORG_CTY, 'goods of item ' || i || ' in declaration ' || d AS GDS_DSC,
    500 AS VIT_WGT_GRS, 480.5 AS VIT_WGT_NET, 100000 + d % 1000 AS VIT_CIF, 100000 + d % 1000 AS VIT_STV, 10 AS PCK_NBR, 'CT' AS PCK_TYP_COD,
    22500 AS TAX_AMT FROM range(N) t(d), range(1, 4) u(i) WHERE i <= 2 + d % 2`,
  SAD_TAX: `SELECT d AS INSTANCEID, i AS KEY_ITM_NBR, x AS KEY_TAX_RNK, ['DD', 'VAT'][x] AS TAX_LIN_COD, 100000 AS TAX_LIN_BSE, [10, 18][x] AS TAX_LIN_RAT,
    [10000, 19800][x] AS TAX_LIN_AMT, 1 AS TAX_LIN_MOP, 0 AS TAX_LIN_TYP FROM range(N) t(d), range(1, 4) u(i), range(1, 3) v(x) WHERE i <= 2 + d % 2`,
  UN_ASYBRK_IED: `SELECT d + 5000000 AS IED_ID, d AS INSTANCE_ID, 'B_asysad' AS BINDER_ID FROM range(N) t(d)`,
  UN_ASYBRK_TRACK: `SELECT d + 5000000 AS IED_ID, s AS DOC_VER,
    ['Store', 'Register', 'Trigger selectivity', 'Assign examiner', 'Re-route to green', 'Assess', 'Pay', 'Release'][s] AS OP_NAME,
    TIMESTAMP '2025-01-02 07:00:00' + INTERVAL (d % 525000) MINUTE + INTERVAL (s * 37) MINUTE AS OP_DATE_TIME,
    CASE WHEN s < 3 THEN 'BRK' || (d % 300) ELSE 'OFF' || (d % 180) END AS USER_NAME, 'OFF' || (d % 180) AS EXAMINER, 'st' AS STATUS
    FROM range(N) t(d), range(1, 9) u(s)`,
};

const key = `2025 AS KEY_YEAR, 'CUO' || (d % 12) AS KEY_CUO, 'BRK' || (d % 300) AS KEY_DEC, 'REF' || d AS KEY_NBER`;

const plus: Record<string, string> = {
  SAD_GEN: `SELECT ${key}, 1 AS SAD_FLW, 'IM' AS SAD_TYP_DEC, 4 AS SAD_TYP_PROC, 'C' AS SAD_REG_SERIAL, d AS SAD_REG_NBER,
    (DATE '2025-01-02' + (d % 364)::INTEGER) AS SAD_REG_DATE, 'TIN' || (d % 9000) AS SAD_CONSIGNEE, 2 + d % 2 AS SAD_ITM_TOTAL, 0 AS SAD_NUM, 'U' AS LST_OPE FROM range(N) t(d)`,
  SAD_ITM: `SELECT ${key}, i AS ITM_NBER, '85171300' AS SADITM_HS_COD, 4000 AS SADITM_EXTD_PROC, '000' AS SADITM_NAT_PROC, 'CN' AS SADITM_CTY_ORIGCOD,
    480.5 AS SADITM_NET_MASS, 500 AS SADITM_GROSS_MASS, 100000 + d % 1000 AS SADITM_STAT_VAL, 0 AS SAD_NUM FROM range(N) t(d), range(1, 4) u(i) WHERE i <= 2 + d % 2`,
  SAD_TAX: `SELECT ${key}, i AS ITM_NBER, ['DD', 'VAT'][x] AS SADITM_TAX_CODE, 100000 AS SADITM_TAX_BASE, [10, 18][x] AS SADITM_TAX_RATE,
    [10000, 19800][x] AS SADITM_TAX_AMOUNT, 1 AS SADITM_TAX_MOP, 0 AS SAD_NUM FROM range(N) t(d), range(1, 4) u(i), range(1, 3) v(x) WHERE i <= 2 + d % 2`,
  SAD_SPY: `SELECT ${key}, 10 AS SPY_STA, ['STORED', '25', '24', '76', '9', 'ASSESSED', 'PAID', 'RELEASED'][s] AS SPY_ACT, 'OFF' || (d % 180) AS USR_NAM,
    (DATE '2025-01-02' + (d % 364)::INTEGER) AS UPD_DAT, lpad((8 + s)::VARCHAR, 2, '0') || ':15:00' AS UPD_HOR, CASE s WHEN 3 THEN 3 WHEN 5 THEN 0 END AS SAD_CLR,
    'S1' AS SEC_COD, CASE WHEN s >= 4 THEN 'OFF' || (d % 180) END AS USR_EX1, NULL AS USR_EX2 FROM range(N) t(d), range(1, 9) u(s)`,
};

const log = `SELECT 'CUO' || (d % 12) || '/2025/C' || d AS declaration, ['REGISTER', 'LANE', 'ASSIGN', 'INSPECT', 'REROUTE', 'ASSESS', 'PAY', 'RELEASE'][s] AS kind,
  TIMESTAMP '2025-01-02 07:00:00' + INTERVAL (d % 525000) MINUTE + INTERVAL (s * 37) MINUTE AS at, 'OFF' || (d % 180) AS user, 'CUO' || (d % 12) AS office,
  CASE s WHEN 2 THEN 'red' WHEN 3 THEN 'OFF' || (d % 180) WHEN 5 THEN 'green' END AS "to" FROM range(N) t(d), range(1, 9) u(s)`;

async function write(
  connection: DuckDBConnection,
  folder: string,
  tables: Record<string, string>,
  count: number,
) {
  for (const [name, sql] of Object.entries(tables))
    await connection.run(
      `COPY (${sql.replaceAll('range(N)', `range(${count})`)}) TO '${join(folder, name)}.csv' (HEADER, DELIMITER ',')`,
    );
}

/** Reads every cell of every file. */
async function scan(
  connection: DuckDBConnection,
  folder: string,
  tables: readonly string[],
): Promise<number> {
  let rows = 0;
  for (const name of tables) {
    const reader = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER, bit_xor(hash(t)) FROM read_csv('${join(folder, name)}.csv', all_varchar = true, header = true) t`,
    );
    rows += Number(reader.getRows()[0]![0]);
  }
  return rows;
}

/** Wall time and the processor's, user and system, of all threads: on a machine that others use as well only the second tells. */
function stopwatch(): () => { seconds: number; cpu: number } {
  const began = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
  };
}

async function measure(
  connection: DuckDBConnection,
  name: string,
  mapping: string,
  tables: Record<string, string>,
  count: number,
): Promise<BenchCase[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-sources-'));
  try {
    await write(connection, folder, tables, count);
    const scanned = stopwatch();
    const rows = await scan(connection, folder, Object.keys(tables));
    const bare = scanned();

    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 100);
    const read = stopwatch();
    const { records, report } = openExtract(folder, { mapping, currency: 'XAF', timezone: 'Africa/Douala' });
    let seen = 0;
    for await (const record of records) if (record.kind !== 'refused') seen++;
    const { seconds, cpu } = read();
    clearInterval(watch);
    if (seen !== count || report.problems.total > 0)
      throw new Error(`${name}: ${seen} of ${count} records, ${report.problems.total} problems`);
    return [
      {
        case: `${name}: ${rows.toLocaleString('en')} rows, ${count.toLocaleString('en')} declarations`,
        value: rows / seconds,
        unit: 'rows/s',
        baseline: 'bare DuckDB scan',
        ratio: bare.seconds / seconds,
      },
      {
        case: `${name}: rows for a second of processor`,
        value: rows / cpu,
        unit: 'rows/s',
        baseline: 'bare DuckDB scan, processor',
        ratio: bare.cpu / cpu,
      },
      { case: `${name}: declarations with their trail`, value: count / seconds, unit: 'declarations/s' },
      { case: `${name}: time`, value: seconds, unit: 's' },
      { case: `${name}: processor`, value: cpu, unit: 's' },
      { case: `${name}: peak resident memory`, value: peak / 2 ** 20, unit: 'MiB' },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function run(): Promise<BenchResult> {
  const count = Number(process.env.CROSSCHECK_BENCH_DECLARATIONS ?? 10_000);
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const sources = { 'asycuda-world': world, 'asycuda-plus': plus, 'event-log': { events: log } };
  const only = process.env.CROSSCHECK_BENCH_SOURCE;
  const results: BenchResult['results'] = [];
  for (const [name, tables] of Object.entries(sources))
    if (only === undefined || only === name)
      results.push(...(await measure(connection, name, name, tables, count)));
  connection.closeSync();
  instance.closeSync();
  return { name: 'sources', machine: machine(), results };
}
