/** `crosscheck simulate`: writes a made-up administration with its declarations, trails, outcomes and the truth that was planted. */
import { CrosscheckError } from '../errors.ts';
import { simulate } from '../simulate/administration.ts';
import { dayIndexOf } from '../simulate/clock.ts';
import { readOrders } from '../simulate/misconduct/orders.ts';
import { type AssignmentRule, assignmentRules, smallForm } from '../simulate/options.ts';
import { writeSimulation } from '../simulate/write.ts';
import type { Register } from './register.ts';

interface Flags {
  seed: string;
  from: string;
  days: string;
  to?: string;
  offices: string;
  officers: string;
  declarations: string;
  assignment?: string;
  misconduct: string;
  gzip?: boolean;
  out: string;
}

const bad = (name: string, problem: string) => new CrosscheckError('CC_BAD_ARGUMENT', { name, problem });

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw bad(`--${name}`, `must be a whole number from ${least} to ${most}, is ${text}`);
  }
  return value;
}

export const registerSimulate: Register = (program) => {
  program
    .command('simulate')
    .description(
      'write a made-up administration: declarations, trails, outcomes and the truth that was planted',
    )
    .requiredOption('--out <folder>', 'where to write')
    .option('--seed <text>', 'equal seeds and options give equal files', smallForm.seed)
    .option('--from <day>', 'first day, YYYY-MM-DD', smallForm.from)
    .option('--days <n>', 'calendar days', String(smallForm.days))
    .option('--to <day>', 'last day, instead of --days')
    .option('--offices <n>', 'customs offices', String(smallForm.offices))
    .option('--officers <n>', 'officers over all offices', String(smallForm.officers))
    .option('--declarations <n>', 'about how many', String(smallForm.declarations))
    .option('--assignment <rule>', `one rule for every office: ${assignmentRules.join(', ')}`)
    .option('--misconduct <file>', 'patterns to plant (YAML or JSON), or all, or none', 'none')
    .option('--gzip', 'compress the declarations')
    .action(async (flags: Flags) => {
      const start = dayIndexOf(flags.from);
      if (Number.isNaN(start)) throw bad('--from', `is no day: ${flags.from}`);
      const last = flags.to === undefined ? undefined : dayIndexOf(flags.to);
      if (last !== undefined && !(last >= start))
        throw bad('--to', `is no day from ${flags.from} on: ${flags.to}`);
      const rule = flags.assignment;
      if (rule !== undefined && !(assignmentRules as readonly string[]).includes(rule)) {
        throw bad('--assignment', `is none of ${assignmentRules.join(', ')}: ${rule}`);
      }
      const simulation = simulate({
        seed: flags.seed,
        from: flags.from,
        days: last === undefined ? whole('days', flags.days, 1, 20_000) : last - start + 1,
        offices: whole('offices', flags.offices, 1, 500),
        officers: whole('officers', flags.officers, 1, 20_000),
        declarations: whole('declarations', flags.declarations, 1, 4_000_000),
        ...(rule === undefined ? {} : { assignment: rule as AssignmentRule }),
        misconduct: readOrders(flags.misconduct),
      });
      const done = await writeSimulation(simulation, flags.out, { gzip: flags.gzip === true });
      const rate = Math.round(done.declarations / done.seconds);
      process.stdout.write(
        `${done.declarations} declarations in ${done.records} versions, ${(done.bytes / 2 ** 20).toFixed(1)} MiB, ` +
          `in ${done.seconds.toFixed(1)} s (${rate} declarations/s)\n${done.files.join('\n')}\n`,
      );
    });
};
