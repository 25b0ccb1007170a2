/** `crosscheck retain`: removes what a retention policy no longer keeps; without --apply it counts and removes nothing. */
import { openAuditLog } from '../audit/log.ts';
import { localCaller } from '../service/caller.ts';
import { type Retained, retainOnRecord } from '../service/retention/apply.ts';
import { loadRetention, shippedRetention } from '../service/retention/policy.ts';
import { commandLine } from './on-record.ts';
import { callService, type ReachOptions, reach, withDataOption } from './reach.ts';
import type { Register } from './register.ts';

interface RetainOptions extends ReachOptions {
  retention?: string;
  apply?: boolean;
  json?: boolean;
}

export const registerRetain: Register = (program) => {
  withDataOption(program.command('retain'))
    .description('remove what the retention policy no longer keeps; counts alone without --apply')
    .option('--retention <file>', 'policy (or CROSSCHECK_RETENTION); a running service has its own')
    .option('--apply', 'remove it')
    .option('--json', 'as JSON')
    .action(async (options: RetainOptions) => {
      const data = await retained(options);
      process.stdout.write(
        options.json === true ? `${JSON.stringify(data, null, 2)}\n` : told(data, options.apply === true),
      );
    });
};

async function retained(options: RetainOptions): Promise<Retained[]> {
  const policy = loadRetention(options.retention ?? process.env.CROSSCHECK_RETENTION ?? shippedRetention);
  const apply = options.apply === true;
  const reached = await reach(options);
  if (reached.kind === 'service') {
    const answer = await callService(reached, '/v1/retention', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apply }),
    });
    return ((await answer.json()) as { data: Retained[] }).data;
  }
  const { store } = reached;
  try {
    const by = { subject: commandLine, role: localCaller.role };
    return await retainOnRecord(store, openAuditLog(store), by, policy, new Date(), { dryRun: !apply });
  } finally {
    await store.close();
  }
}

function told(data: readonly Retained[], applied: boolean): string {
  if (data.length === 0) return 'the policy keeps everything\n';
  const lines = data.map(({ collection, before, removed, held }) => {
    const reasons = Object.entries(held ?? {})
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => `${count} ${reason}`);
    return `${collection}: ${removed} from before ${before} ${applied ? 'removed' : 'would go'}${reasons.length > 0 ? `; held: ${reasons.join(', ')}` : ''}`;
  });
  return `${lines.join('\n')}\n`;
}
