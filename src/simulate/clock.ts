/**
 * Wall-clock time of the simulated offices: whole seconds since 1970 as a clock on the wall shows them, so that days,
 * weekdays and hours of work are plain arithmetic. The office's offset from UTC is added when an instant is written.
 */
export type WallTime = number;

export const minute = 60;
export const hour = 3600;
export const day = 86_400;

/** Days since 1970 of a wall time. */
export const dayOf = (at: WallTime): number => Math.floor(at / day);

/** 0 is Sunday. */
export const weekdayOf = (dayIndex: number): number => (((dayIndex + 4) % 7) + 7) % 7;

const dateTexts = new Map<number, string>();

/** `YYYY-MM-DD` of a day index. */
export function dateText(dayIndex: number): string {
  let text = dateTexts.get(dayIndex);
  if (text === undefined) {
    text = new Date(dayIndex * day * 1000).toISOString().slice(0, 10);
    dateTexts.set(dayIndex, text);
  }
  return text;
}

/** The day index of `YYYY-MM-DD`; NaN where the text is no day. */
export const dayIndexOf = (date: string): number =>
  /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) / 1000 / day : Number.NaN;

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** ISO 8601 with the office's offset. */
export function instantText(at: WallTime, offset: string): string {
  const whole = Math.floor(at);
  const dayIndex = dayOf(whole);
  const rest = whole - dayIndex * day;
  const hours = Math.floor(rest / hour);
  const minutes = Math.floor((rest - hours * hour) / minute);
  return `${dateText(dayIndex)}T${two(hours)}:${two(minutes)}:${two(rest % minute)}${offset}`;
}

export const monthOf = (dayIndex: number): number => Number(dateText(dayIndex).slice(5, 7));
export const yearOf = (dayIndex: number): string => dateText(dayIndex).slice(0, 4);
