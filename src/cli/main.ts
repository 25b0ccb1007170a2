/** The command line: a table of commands, one file each. Errors go through src/present.ts and decide the exit code. */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../ground/paths.ts';
import { exitCodeOf, toLines } from '../present.ts';
import { registerIndicators } from './indicators.ts';
import { registerRebuild } from './rebuild.ts';
import { registerSimulate } from './simulate.ts';

/** Adds one command to the program. */
export type Register = (program: Command) => void;

const commands: Register[] = [registerIndicators, registerRebuild, registerSimulate];

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
    process.stderr.write(`${toLines(thrown)}\n`);
    return exitCodeOf(thrown);
  }
}
