/** `crosscheck keys`: the first key of an installation is made here, on the machine that holds the store. */
import type { Command } from 'commander';
import { CrosscheckError } from '../errors.ts';
import { openKeys } from '../service/auth/keys.ts';
import { type CallerRole, callerRoles } from '../service/caller.ts';
import { commandLine, onRecord } from './on-record.ts';
import { callService, type ReachOptions, reach, withDataOption } from './reach.ts';

interface CreateOptions extends ReachOptions {
  role: string;
  label: string;
  offices?: string;
  days: string;
}

export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('API keys for systems and scripts');

  withDataOption(keys.command('create'))
    .description('make a key and print it, once')
    .requiredOption('--role <role>', callerRoles.filter((role) => role !== 'local').join(', '))
    .requiredOption('--label <text>', 'what the key is for')
    .option('--offices <list>', 'offices it is good for, separated by commas; all where absent')
    .option('--days <number>', 'days until it expires, at most 400', '90')
    .action(async (options: CreateOptions) => {
      const request = {
        role: roleOf(options.role),
        label: options.label,
        days: Number(options.days),
        ...(options.offices === undefined ? {} : { offices: options.offices.split(',') }),
      };
      const reached = await reach(options, 'made');
      if (reached.kind === 'service') {
        const answer = await callService(reached, '/v1/keys', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(request),
        });
        process.stdout.write(`${((await answer.json()) as { key: string }).key}\n`);
        return;
      }
      try {
        const { key, document } = await openKeys(reached.store).create(request, commandLine, new Date());
        const { role, offices = 'all' } = document;
        await onRecord(reached.store, 'key.create', document.id, { role, offices });
        process.stdout.write(`${key}\n`);
      } finally {
        await reached.store.close();
      }
    });
}

function roleOf(text: string): CallerRole {
  const role = callerRoles.find((each) => each === text);
  if (role !== undefined) return role;
  throw new CrosscheckError('CC_BAD_ARGUMENT', {
    name: '--role',
    problem: `"${text}" is not one of ${callerRoles.join(', ')}`,
  });
}
