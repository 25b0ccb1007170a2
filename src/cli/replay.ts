/** `crosscheck replay CHECK`: evaluates a stored check again from its own evidence; exit 1 where it comes out otherwise. */
import type { Command } from 'commander';
import { type Replay, replay } from '../check/replay.ts';
import { callService, type ReachOptions, reach, withDataOption } from './reach.ts';

export function registerReplay(program: Command): void {
  withDataOption(program.command('replay'))
    .description('evaluate a check again from its own evidence and compare')
    .argument('<check>', 'id of the check')
    .option('--json', 'the comparison as JSON')
    .action(async (id: string, options: ReachOptions & { json?: boolean }) => {
      const result = await replayed(id, options);
      process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : printed(result));
      process.exitCode = result.same ? 0 : 1;
    });
}

async function replayed(id: string, options: ReachOptions): Promise<Replay> {
  const reached = await reach(options);
  if (reached.kind === 'service') {
    const answer = await callService(reached, `/v1/checks/${encodeURIComponent(id)}/replay`);
    return (await answer.json()) as Replay;
  }
  try {
    return await replay(reached.store, id);
  } finally {
    await reached.store.close();
  }
}

function printed({ check, same, engine, differences }: Replay): string {
  const lines = [`${check}: ${same ? 'the same bytes' : 'it comes out otherwise'}`];
  lines.push(
    engine.same
      ? `  engine ${engine.now}, which wrote it${same ? '' : ': the check, or what it stands on, is not what was written'}`
      : `  written by another engine: ${engine.stored} then, ${engine.now} now${same ? '' : '; the difference may be between the two, and the one that wrote it can tell'}`,
  );
  for (const { member, stored, now } of differences) {
    lines.push(`  ${member}`, `    then ${JSON.stringify(stored)}`, `    now  ${JSON.stringify(now)}`);
  }
  return `${lines.join('\n')}\n`;
}
