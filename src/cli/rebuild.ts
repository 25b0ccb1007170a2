/** `crosscheck rebuild`: throws the projected tables away and makes them again from declarations, trails, outcomes and checks. */
import { rebuild } from '../projections/project.ts';
import { onRecord } from './on-record.ts';
import { callService, type ReachOptions, reach, withDataOption } from './reach.ts';
import type { Register } from './register.ts';

export const registerRebuild: Register = (program) => {
  withDataOption(program.command('rebuild'))
    .description('make the projected tables again from what is stored; the same rows come back')
    .action(async (options: ReachOptions) => {
      const begun = Date.now();
      const tell = (folded: number) => {
        const seconds = (Date.now() - begun) / 1000;
        process.stdout.write(`${folded} declarations folded in ${seconds.toFixed(1)} s\n`);
      };
      const reached = await reach(options);
      if (reached.kind === 'service') {
        const answer = await callService(reached, '/v1/rebuild', { method: 'POST' });
        tell(((await answer.json()) as { folded: number }).folded);
        return;
      }
      const { store } = reached;
      try {
        // Before anything is changed, which an index that lacks rows would not let happen.
        await store.remakeIndexes?.();
        await onRecord(store, 'rebuild', 'projections');
        const terminal = process.stderr.isTTY;
        const { folded } = await rebuild(store, {
          onProgress: (done) => {
            if (terminal) process.stderr.write(`\r${done} declarations folded`);
          },
        });
        if (terminal) process.stderr.write('\r\u001b[K');
        tell(folded);
      } finally {
        await store.close();
      }
    });
};
