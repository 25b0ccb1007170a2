/** `crosscheck rebuild`: throws the projected tables away and makes them again from declarations, trails, outcomes and checks. */
import { rebuild } from '../projections/project.ts';
import { defaultData, openStore } from '../store/open.ts';
import type { Register } from './main.ts';

export const registerRebuild: Register = (program) => {
  program
    .command('rebuild')
    .description('make the projected tables again from what is stored; the same rows come back')
    .option('--data <folder>', 'folder of the embedded store', defaultData)
    .action(async ({ data }: { data: string }) => {
      const store = await openStore({ data });
      try {
        const begun = Date.now();
        const terminal = process.stderr.isTTY;
        const { folded } = await rebuild(store, {
          onProgress: (done) => {
            if (terminal) process.stderr.write(`\r${done} declarations folded`);
          },
        });
        if (terminal) process.stderr.write('\r\u001b[K');
        const seconds = (Date.now() - begun) / 1000;
        process.stdout.write(`${folded} declarations folded in ${seconds.toFixed(1)} s\n`);
      } finally {
        await store.close();
      }
    });
};
