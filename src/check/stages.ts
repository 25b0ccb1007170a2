/**
 * How long the stages of a check take. Told on a channel of the process, so that nothing here knows who listens, and nothing
 * is measured where nobody does. Declarations that are checked together take a stage together and tell it once.
 */
import { channel } from 'node:diagnostics_channel';

/**
 * `parse` reads the message, `read` what is known of the declaration, `facts` looks up what rules ask for, `evaluate` runs
 * them, `decide` chooses the lane, `commit` makes it durable.
 */
export const stageNames = ['parse', 'read', 'facts', 'evaluate', 'decide', 'commit'] as const;
export type Stage = (typeof stageNames)[number];

export interface StageTook {
  stage: Stage;
  seconds: number;
}

export const stages = channel('crosscheck.check.stage');

const tell = (stage: Stage, began: number): void =>
  stages.publish({ stage, seconds: (performance.now() - began) / 1000 } satisfies StageTook);

/** The work's result; what failed is not counted, for it is no measure of the stage. */
export async function timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
  if (!stages.hasSubscribers) return work();
  const began = performance.now();
  const result = await work();
  tell(stage, began);
  return result;
}

export function timedNow<T>(stage: Stage, work: () => T): T {
  if (!stages.hasSubscribers) return work();
  const began = performance.now();
  const result = work();
  tell(stage, began);
  return result;
}
