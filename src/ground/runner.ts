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
  /** Told apart from `running`: work that pokes before it first waits must find itself running. */
  let busy = false;
  const cycle = async () => {
    busy = true;
    while (again) {
      again = false;
      try {
        await work();
      } catch (error) {
        onError(error);
      }
    }
    busy = false;
  };
  return {
    poke() {
      again = true;
      if (!busy) running = cycle();
    },
    async settle() {
      await running;
    },
  };
}
