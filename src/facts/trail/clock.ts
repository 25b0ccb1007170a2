/** When an event of a trail was, as far as its source tells: clocks differ, hours are left out, entries come later. */
import type { TrailStep } from '../subject.ts';

export const hourMs = 3_600_000;
export const time = (step: TrailStep): number => Date.parse(step.at);

/** Clocks of two machines may differ by this much. */
const clockDifference = 60_000;
const midnight = /T00:00(:00(\.0+)?)?(Z|[+-]\d\d:\d\d)$/;

/** An event at midnight of its office is a day of which nobody wrote the hour. */
export const isDayOnly = ({ local }: TrailStep): boolean => midnight.test(local);

/** When an event may have ended at the latest. */
export const latest = (step: TrailStep): number => time(step) + (isDayOnly(step) ? 24 * hourMs - 1 : 0);

/** Whether nothing but the one after the other can be meant, whatever the clocks and the hours not written. */
export const surelyAfter = (step: TrailStep, other: TrailStep): boolean =>
  time(step) > latest(other) + clockDifference;

/** When others could see the event in the system: at its entry, where that is later. */
export const seenAt = (step: TrailStep): number =>
  Math.max(latest(step), step.enteredAt ? Date.parse(step.enteredAt) : Number.NEGATIVE_INFINITY);
