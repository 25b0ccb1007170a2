/**
 * When the write-ahead log is folded into the database file. DuckDB's own threshold does it inside some writer's commit,
 * which then takes seconds; here it is done by the writer between groups, in a quiet moment where there is one, and
 * without one when the log would take too long to replay after a crash. Reads go on meanwhile.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import type { Disk } from './disk.ts';

export interface CheckpointPolicy {
  /** Log size in bytes from which a quiet moment is used. */
  whenQuiet: number;
  /** Log size in bytes at which writers wait for a checkpoint. */
  atMost: number;
  /** Milliseconds without a write, to a table or to the journal, that count as quiet. */
  quiet: number;
}

export const defaultPolicy: CheckpointPolicy = {
  whenQuiet: 4 * 2 ** 20,
  atMost: 256 * 2 ** 20,
  quiet: 1_000,
};

export interface Checkpointer {
  /** What the writer calls after each group. */
  afterGroup(idle: boolean): Promise<void>;
  /** What is written to the journal: a rush there leaves the writer idle for seconds between two segments. */
  stirred(): void;
  /** No checkpoint is made until as many releases. */
  hold(): void;
  release(): void;
  stop(): void;
}

export function checkpointer(
  disk: Disk,
  policy: CheckpointPolicy,
  checkpoint: () => Promise<void>,
  whenFree: (run: () => Promise<void>) => void,
): Checkpointer {
  let timer: NodeJS.Timeout | undefined;
  let held = 0;
  /** A checkpoint may write as much as the log holds, and more where rows lie scattered. */
  const checkpointed = async (): Promise<void> => {
    if (held === 0 && (await disk.room(2 * disk.logged())) && disk.inPlace()) await checkpoint();
  };
  return {
    afterGroup: async (idle) => {
      clearTimeout(timer);
      timer = undefined;
      if (held > 0) return;
      const size = disk.logged();
      if (size >= policy.atMost) await checkpointed();
      else if (idle && size >= policy.whenQuiet) {
        timer = setTimeout(() => {
          timer = undefined;
          whenFree(checkpointed);
        }, policy.quiet);
        timer.unref();
      }
    },
    stirred: () => timer?.refresh(),
    hold: () => {
      held++;
    },
    release: () => {
      held--;
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** Milliseconds for which a checkpoint that must be waits for readers, and between two attempts. */
const readersPatience = 30_000;
const lookMs = 20;

/**
 * A checkpoint that somebody needs now, on the writer's connection while nobody writes. DuckDB refuses one while a reader who
 * began before the last write is still at it; readers end. Its FORCE waits as well, and keeps those for whom it waits
 * from their next statement: a reader of several would wait for it for ever.
 */
export async function checkpointBesideReaders(
  connection: Connection,
  patience = readersPatience,
): Promise<void> {
  for (const until = Date.now() + patience; ; ) {
    try {
      await connection.raw.run('CHECKPOINT');
      return;
    } catch (thrown) {
      if (!(thrown instanceof Error && /other write transactions/.test(thrown.message)) || Date.now() > until)
        throw thrown;
      await pause(lookMs);
    }
  }
}
