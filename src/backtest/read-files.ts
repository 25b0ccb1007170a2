/** Declarations of files, in any format that intake reads; what is refused is handed on with its place. */
import { createReadStream, statSync } from 'node:fs';
import { CrosscheckError } from '../errors.ts';
import { read } from '../intake/read.ts';
import type { HistoryRecord } from './case.ts';

export interface ReadFilesOptions {
  country?: string;
  mapping?: string;
  onRefused(error: CrosscheckError): void;
}

/** Throws CC_FILE_UNREADABLE before anything is read, so that nothing starts on a wrong name. */
export function checkFiles(files: readonly string[]): void {
  for (const file of files) {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isFile() === true) continue;
    const problem = found?.isDirectory() === true ? 'it is a folder' : 'there is no such file';
    throw new CrosscheckError('CC_FILE_UNREADABLE', { file, problem }, { file });
  }
}

export async function* readFiles(
  files: readonly string[],
  { onRefused, ...options }: ReadFilesOptions,
): AsyncGenerator<HistoryRecord & { file: string }> {
  for (const file of files) {
    for await (const record of read(createReadStream(file), { file, ...options })) {
      if (record.kind === 'refused') onRefused(record.error.at({ ...record.where, file }));
      else if (record.kind === 'declaration') {
        const { declaration, trail, outcomes, identity } = record;
        yield { file, reference: identity.reference, declaration, trail, outcomes };
      }
    }
  }
}
