/** `crosscheck backup FOLDER`: copies the embedded store, also while a service runs on it. */
import { resolve } from 'node:path';
import { CrosscheckError } from '../errors.ts';
import type { Backup, Store } from '../store/port.ts';
import { onRecord } from './on-record.ts';
import { callService, type ReachOptions, reach, withDataOption } from './reach.ts';
import type { Register } from './register.ts';

export const registerBackup: Register = (program) => {
  withDataOption(program.command('backup'))
    .description('copy the embedded store into a new folder, also while the service runs')
    .argument('<folder>', 'new or empty folder')
    .action(async (folder: string, options: ReachOptions) => {
      const target = resolve(folder);
      const reached = await reach(options);
      if (reached.kind === 'store') {
        process.stdout.write(told(target, await backUpAlone(reached.store, target)));
        return;
      }
      const answer = await callService(reached, '/v1/backup', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ folder: target }),
      });
      process.stdout.write(told(target, (await answer.json()) as Backup));
    });
};

async function backUpAlone(store: Store, folder: string): Promise<Backup> {
  try {
    if (store.backup === undefined) throw new CrosscheckError('CC_BACKUP_UNSUPPORTED');
    await onRecord(store, 'backup', folder);
    return await store.backup(folder);
  } finally {
    await store.close();
  }
}

/** What a backup holds, for a terminal. */
export const told = (folder: string, { at, collections, bytes }: Backup): string => {
  const documents = Object.values(collections).reduce((sum, count) => sum + count, 0);
  return `${folder}: ${documents} documents in ${Object.keys(collections).length} collections as of ${at}, ${(bytes / 2 ** 20).toFixed(1)} MiB\n`;
};
