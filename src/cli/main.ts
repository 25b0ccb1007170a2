/** The command line: a table of commands, one file each. Errors go through src/present.ts and decide the exit code. */
import { Command, CommanderError } from 'commander';
import { CrosscheckError } from '../errors.ts';
import { packageVersion } from '../ground/paths.ts';
import { exitCodeOf, toLines } from '../present.ts';
import { registerBackup } from './backup.ts';
import { registerBaselines } from './baselines.ts';
import { registerCheck } from './check.ts';
import { registerContracts } from './contracts.ts';
import { registerEditions } from './editions.ts';
import { registerImport } from './import.ts';
import { registerIndicators } from './indicators.ts';
import { registerKeys } from './keys.ts';
import { registerLists } from './lists.ts';
import { registerRebuild } from './rebuild.ts';
import { registerRecheck } from './recheck.ts';
import type { Register } from './register.ts';
import { registerReplay } from './replay.ts';
import { registerRestore } from './restore.ts';
import { registerRetain } from './retain.ts';
import { registerRules } from './rules.ts';
import { registerSelectivity } from './selectivity.ts';
import { registerServe } from './serve.ts';
import { registerSimulate } from './simulate.ts';
import { registerVerify } from './verify.ts';
import { registerWebhooks } from './webhooks.ts';

const commands: Register[] = [
  registerCheck,
  registerImport,
  registerServe,
  registerIndicators,
  registerEditions,
  registerContracts,
  registerRebuild,
  registerRecheck,
  registerReplay,
  registerVerify,
  registerRules,
  registerSelectivity,
  registerKeys,
  registerLists,
  registerBaselines,
  registerWebhooks,
  registerSimulate,
  registerBackup,
  registerRestore,
  registerRetain,
];

export async function run(argv: string[]): Promise<number> {
  const program = new Command('crosscheck')
    .description('integrity and risk crosscheck engine for customs administrations')
    .version(packageVersion)
    .showHelpAfterError()
    .exitOverride();
  for (const register of commands) register(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (thrown) {
    // Commander has printed its own message; its help and version exits are no errors.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    const told = filesLimit(thrown) ?? thrown;
    process.stderr.write(`${toLines(told)}\n`);
    // There is no log here, and who runs the command owns the machine: what is not one of ours is shown whole.
    if (!(told instanceof CrosscheckError)) process.stderr.write(`${(told as Error).stack ?? told}\n`);
    return exitCodeOf(told);
  }
}

/** The system's own word that no more files may be open, as bin/crosscheck.js tells it of the program's files. */
function filesLimit(thrown: unknown): CrosscheckError | undefined {
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code !== 'EMFILE' && code !== 'ENFILE') return undefined;
  return new CrosscheckError('CC_FILES_LIMIT', { problem: message }, {}, thrown);
}
