/**
 * Whether the event loop keeps time, measured by how late the look comes that asks. The mean of a second's delays does not
 * say so: one long block drowns among hundreds of short ones, and a second without any counts as no end of delay.
 */

/** Milliseconds from one look to the next. */
export const lookMs = 500;

/**
 * @param limitMs milliseconds that a look may come late
 * @returns to be called every {@link lookMs}: false when the call comes later than that by more than the limit
 */
export function punctual(limitMs: number, now: () => number = performance.now.bind(performance)) {
  let due: number | undefined;
  return async (): Promise<boolean> => {
    const at = now();
    const late = due === undefined ? 0 : at - due;
    due = at + lookMs;
    return late <= limitMs;
  };
}
