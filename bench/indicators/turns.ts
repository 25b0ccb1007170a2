/**
 * Ours and theirs in turns, so that whatever else the machine does is shared. On a machine that others use the least time
 * of several says more than any other; the processor's time, of this process and of a server's, hardly depends on them.
 */
import { readFileSync } from 'node:fs';

export interface Taken {
  /** The least of the rounds, milliseconds. */
  wall: number;
  /** A round's processor time, milliseconds: user and system, all threads. */
  cpu: number;
}

/** One work by itself, once. */
export async function taken(work: () => Promise<unknown>, server?: number): Promise<Taken> {
  const cpu = processorMs(server);
  const from = performance.now();
  await work();
  const wall = performance.now() - from;
  return { wall, cpu: processorMs(server) - cpu };
}

/** Rounds, and the milliseconds of a work after which one round is enough. */
const rounds = 5;
const patienceMs = 1_500;
const tickMs = 10;

/** Processor time so far of this process and of another, where the system tells it. */
function processorMs(server: number | undefined): number {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1000;
  if (server === undefined) return own;
  // After the command's name in parentheses: user and system time are the 12th and 13th, in ticks.
  const fields = readFileSync(`/proc/${server}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return own + (Number(fields[11]) + Number(fields[12])) * tickMs;
}

export async function inTurns(
  works: readonly (() => Promise<unknown>)[],
  server: number | undefined,
): Promise<Taken[]> {
  const all = works.map((): Taken => ({ wall: Number.POSITIVE_INFINITY, cpu: 0 }));
  const begun = performance.now();
  let round = 0;
  for (; round < rounds && (round === 0 || performance.now() - begun < patienceMs * works.length); round++) {
    for (const [w, work] of works.entries()) {
      const { wall, cpu } = await taken(work, server);
      const one = all[w]!;
      one.wall = Math.min(one.wall, wall);
      one.cpu += cpu;
    }
  }
  return all.map(({ wall, cpu }) => ({ wall, cpu: cpu / round }));
}
