/** `npm run bench -- NAME [--json]`: runs one benchmark and prints a table, or its JSON. */
import type { BenchResult } from './result.ts';

const benches: Record<string, () => Promise<{ run: () => Promise<BenchResult> }>> = {
  service: () => import('./service.ts'),
  catalogue: () => import('./catalogue.ts'),
  history: () => import('./history.ts'),
  detection: () => import('./detection.ts'),
  intake: () => import('./intake.ts'),
  engine: () => import('./engine.ts'),
  backtest: () => import('./backtest.ts'),
  sources: () => import('./sources.ts'),
  store: () => import('./store.ts'),
  checkpoint: () => import('./checkpoint.ts'),
  indicators: () => import('./indicators.ts'),
  live: () => import('./live.ts'),
};

const range = (between?: [number, number]): string =>
  between === undefined ? '' : ` (${between.map((ratio) => ratio.toFixed(2)).join(' to ')})`;

const [name, ...flags] = process.argv.slice(2);
const load = name === undefined ? undefined : benches[name];
if (load === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join('|')} [--json]\n`);
  process.exit(2);
}
const result = await (await load()).run();
if (flags.includes('--json')) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
} else {
  const rows = result.results.map((row) => [
    row.case,
    row.value.toLocaleString('en', { maximumFractionDigits: 1 }),
    row.unit,
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}${range(row.between)} of ${row.baseline}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  process.stdout.write(
    `${result.name} on ${result.machine.cpu}, ${result.machine.cores} cores, Node ${result.machine.node}\n`,
  );
  for (const row of rows)
    process.stdout.write(
      `${row
        .map((cell, i) => (i === 1 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd()}\n`,
    );
}
