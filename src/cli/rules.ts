/** `crosscheck rules …`: the analyst's tools, a file each. */
import type { Command } from 'commander';
import { registerBacktest } from './rules-backtest.ts';
import { registerDiff } from './rules-diff.ts';
import { registerEffectiveness } from './rules-effectiveness.ts';
import { registerExplain } from './rules-explain.ts';
import { registerLint } from './rules-lint.ts';
import { registerList } from './rules-list.ts';
import { registerNew } from './rules-new.ts';
import { registerTest } from './rules-test.ts';

export function registerRules(program: Command): void {
  const rules = program.command('rules').description('write, test and judge rules');
  for (const register of [
    registerLint,
    registerTest,
    registerList,
    registerExplain,
    registerNew,
    registerDiff,
    registerBacktest,
    registerEffectiveness,
  ])
    register(rules);
}
