/**
 * Reading beside the event loop: a thread that parses JSON texts, holds them against the model and answers who the declarations in
 * them are (./beside-worker.ts). It starts with the first texts and ends when none came for a while. Where it fails, nothing is
 * answered, and whoever asked reads the texts himself.
 */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { builtModule } from '../ground/paths.ts';
import type { Identities } from './record.ts';

export interface Beside {
  identities: Identities;
  close(): Promise<void>;
}

/** Milliseconds without texts after which the thread ends, and gives its memory back. */
const idleMs = 15 * 60_000;
/** Milliseconds for which nobody is asked after a failure. */
const restMs = 60_000;
/** Texts are posted while the event loop has time, and wait with the thread, not here. */
const posted = 64;

/** Undefined on a machine with one processor, where a second thread helps nobody. */
export function openBeside(onFailure: (thrown: unknown) => void): Beside | undefined {
  if (availableParallelism() < 2) return undefined;
  const pool = new Piscina({
    filename: builtModule('intake/beside-worker.js'),
    minThreads: 0,
    maxThreads: 1,
    concurrentTasksPerWorker: posted,
    idleTimeout: idleMs,
    resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 },
  });
  let restingUntil = 0;
  let closed = false;
  return {
    async identities(reading) {
      if (closed || Date.now() < restingUntil) return [];
      try {
        return await pool.run(reading);
      } catch (thrown) {
        if (!closed) {
          restingUntil = Date.now() + restMs;
          onFailure(thrown);
        }
        return [];
      }
    },
    async close() {
      closed = true;
      await pool.destroy();
    },
  };
}
