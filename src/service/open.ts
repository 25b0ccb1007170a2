/** The service with what runs beside it: projections that follow each write. */
import type { FastifyInstance } from 'fastify';
import { project } from '../projections/project.ts';
import { buildService, type ServiceOptions } from './app.ts';

export interface OpenService {
  app: FastifyInstance;
  /** Finishes what was accepted, then the projections of it. */
  close(): Promise<void>;
}

export async function openService(options: Omit<ServiceOptions, 'wrote'>): Promise<OpenService> {
  const follow = follower(() => project(options.store));
  const app = await buildService({ ...options, wrote: follow.poke });
  // What was written before a crash may not have been projected.
  follow.poke();
  return {
    app,
    async close() {
      await app.close();
      await follow.settle();
    },
  };
}

/** Runs work after a poke, never twice at a time; pokes during a run cause one more. */
export function follower(work: () => Promise<unknown>, onError: (error: unknown) => void = () => {}) {
  let running: Promise<void> | undefined;
  let again = false;
  const cycle = async () => {
    do {
      again = false;
      try {
        await work();
      } catch (error) {
        // The cursor has not moved, so the next poke tries the same again.
        onError(error);
        return;
      }
    } while (again);
  };
  return {
    poke() {
      again = true;
      running ??= cycle().finally(() => {
        running = undefined;
      });
    },
    async settle() {
      await running;
    },
  };
}
