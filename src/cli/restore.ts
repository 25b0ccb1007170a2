/** `crosscheck restore FOLDER`: proves a backup whole and puts it where no store is. */
import { resolve } from 'node:path';
import { restore } from '../store/duckdb/backup.ts';
import { openStore } from '../store/open.ts';
import { told } from './backup.ts';
import { onRecord } from './on-record.ts';
import { dataFolder, type ReachOptions, withDataOption } from './reach.ts';
import type { Register } from './register.ts';

export const registerRestore: Register = (program) => {
  withDataOption(program.command('restore'))
    .description('put a backup of the embedded store into a folder that holds none')
    .argument('<folder>', 'folder that `crosscheck backup` wrote')
    .action(async (folder: string, options: ReachOptions) => {
      const data = dataFolder(options);
      const restored = await restore(resolve(folder), data);
      const store = await openStore({ data });
      try {
        await onRecord(store, 'restore', resolve(folder), { at: restored.at });
      } finally {
        await store.close();
      }
      process.stdout.write(told(data, restored));
    });
};
