/** `crosscheck recheck`: what became due by the passing of time, such as a transit that nobody ended. For a nightly job; a service does it by itself. */
import { masterSecret } from '../check/draw-keys.ts';
import { openOffice } from '../check/lodge.ts';
import { openDesk } from '../check/open-desk.ts';
import { project } from '../projections/project.ts';
import { type Rechecked, recheck } from '../projections/recheck.ts';
import { onRecord } from './on-record.ts';
import { callService, type ReachOptions, reach, secretFolder, withDataOption } from './reach.ts';
import type { Register } from './register.ts';

interface RecheckOptions extends ReachOptions {
  rules?: string;
  profile?: string;
  json?: boolean;
}

export const registerRecheck: Register = (program) => {
  withDataOption(program.command('recheck'))
    .description('check again what became due by the passing of time; doing it twice changes nothing')
    .option('--rules <folder>', 'rulebook; a running service has its own')
    .option('--profile <file>', 'selectivity profile; a running service has its own')
    .option('--json', 'as JSON')
    .action(async (options: RecheckOptions) => {
      const done = await rechecked(options);
      process.stdout.write(options.json === true ? `${JSON.stringify(done)}\n` : told(done));
    });
};

async function rechecked(options: RecheckOptions): Promise<Rechecked> {
  const reached = await reach(options);
  if (reached.kind === 'service')
    return (await (await callService(reached, '/v1/recheck', { method: 'POST' })).json()) as Rechecked;
  const { store } = reached;
  try {
    const { rules, profile } = options;
    const desk = await openDesk({ store, rules, profile, secret: masterSecret(secretFolder(options)) });
    try {
      await onRecord(store, 'recheck', 'overdue');
      await project(store);
      const done = await recheck(store, desk, openOffice(desk, store));
      await project(store);
      return done;
    } finally {
      desk.close();
    }
  } finally {
    await store.close();
  }
}

const told = ({ completed, checked, changed, unseen }: Rechecked): string =>
  [
    `${completed} declarations with a new check since their trail is complete further`,
    `${checked} became due and were checked again, ${changed} with a new check`,
    ...unseen.map(({ rule, fact }) => `${rule} waits for ${fact} with a limit that can't be told from it`),
    '',
  ].join('\n');
