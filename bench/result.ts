/** What a benchmark answers: each case with its value and, against a baseline measured in the same run, a ratio (ours over the baseline's). */
import { cpus, release, totalmem } from 'node:os';

export interface BenchCase {
  case: string;
  value: number;
  unit: string;
  /** Name of the baseline of this case. */
  baseline?: string;
  ratio?: number;
  /** The least and the greatest ratio of a round, where rounds are told apart. */
  between?: [number, number];
}

export interface BenchResult {
  name: string;
  machine: { cpu: string; cores: number; memoryGiB: number; node: string; os: string };
  results: BenchCase[];
}

export const machine = (): BenchResult['machine'] => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  os: release(),
});

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
