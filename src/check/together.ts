/**
 * Callers that come at the same time are served together: while one batch is under way the next gathers, so that fifty
 * requests cost the reads and the commit of one. A caller who comes alone does not wait for anybody.
 */
import type { DeclarationRecord } from '../intake/record.ts';
import type { Office } from './lodge.ts';
import type { Lodged } from './lodged.ts';

/** Declarations of one batch; more would make the first of them wait for the last. */
const size = 64;
/** While the store commits one batch, another is evaluated; a third under way made each smaller and the whole slower. */
const underway = 2;

interface Waiting {
  record: DeclarationRecord;
  resolve(lodged: Lodged): void;
  reject(error: unknown): void;
}

export function lodgeTogether(office: Office): (record: DeclarationRecord) => Promise<Lodged> {
  const waiting: Waiting[] = [];
  let running = 0;

  async function serve(batch: readonly Waiting[]): Promise<void> {
    try {
      const lodged = await office.lodge(batch.map(({ record }) => record));
      batch.forEach(({ resolve }, index) => {
        resolve(lodged[index]!);
      });
    } catch (error) {
      // What one declaration did to the batch is not done to the others: each is tried by itself.
      if (batch.length === 1) batch[0]!.reject(error);
      else for (const each of batch) await serve([each]);
    }
  }

  function next(): void {
    while (running < underway && waiting.length > 0) {
      running += 1;
      void serve(waiting.splice(0, size)).finally(() => {
        running -= 1;
        next();
      });
    }
  }

  return (record) =>
    new Promise((resolve, reject) => {
      waiting.push({ record, resolve, reject });
      // Whoever arrives in this turn of the loop comes along.
      if (waiting.length === 1) setImmediate(next);
    });
}
