/** Runs work after a poke, never twice at a time; pokes during a run cause exactly one more. */
export interface Runner {
  poke(): void;
  /** Resolves when nothing runs any more. */
  settle(): Promise<void>;
}

/** @param onError is told what the work threw; the next poke tries again. */
export function runner(work: () => Promise<unknown>, onError: (error: unknown) => void = () => {}): Runner {
  let running: Promise<void> | undefined;
  let again = false;
  const cycle = async () => {
    while (again) {
      again = false;
      try {
        await work();
      } catch (error) {
        onError(error);
      }
    }
    running = undefined;
  };
  return {
    poke() {
      again = true;
      if (running === undefined) running = cycle();
    },
    async settle() {
      await running;
    },
  };
}
