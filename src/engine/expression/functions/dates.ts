/** Days and instants. Inside the engine a date is a day number and an instant milliseconds, UTC. */
import { always, type Fn, unitless } from './function.ts';

const msPerHour = 3_600_000;
const msPerDay = 24 * msPerHour;

const strict = (
  name: string,
  takes: Fn['takes'],
  returns: Fn['returns'],
  evaluate: Fn['evaluate'],
  meaning: string,
  unit: Fn['unit'] = unitless,
): Fn => ({ name, takes, returns, unit, missing: 'strict', evaluate, meaning });

/** ECMAScript's calendar ends 100,000,000 days from 1970; beyond it there is no date. */
const inCalendar = (ms: number): boolean => Math.abs(ms) <= 8.64e15;
const later = (at: number, by: number, unit: number): number | undefined =>
  inCalendar((at + by) * unit) ? at + by : undefined;

const calendar = (day: number): Date => new Date(day * msPerDay);

export const dateFunctions: readonly Fn[] = [
  strict(
    'daysBetween',
    ['date', 'date'],
    'number',
    (a: number, b: number) => b - a,
    'days from the first to the second; negative where the second is earlier',
    always('days'),
  ),
  strict(
    'daysBetween',
    ['instant', 'instant'],
    'number',
    (a: number, b: number) => (b - a) / msPerDay,
    'days from the first to the second, with fractions',
    always('days'),
  ),
  strict(
    'hoursBetween',
    ['instant', 'instant'],
    'number',
    (a: number, b: number) => (b - a) / msPerHour,
    'hours from the first to the second',
    always('hours'),
  ),
  strict(
    'addDays',
    ['date', 'number'],
    'date',
    (a: number, n: number) => later(a, Math.trunc(n), msPerDay),
    'the day so many days later',
  ),
  strict(
    'addHours',
    ['instant', 'number'],
    'instant',
    (a: number, n: number) => later(a, n * msPerHour, 1),
    'the instant so many hours later',
  ),
  strict('date', ['instant'], 'date', (a: number) => Math.floor(a / msPerDay), 'the day of the instant, UTC'),
  strict('date', ['date'], 'date', (a: number) => a, 'the day itself'),
  strict('year', ['date'], 'number', (a: number) => calendar(a).getUTCFullYear(), 'its year'),
  strict('month', ['date'], 'number', (a: number) => calendar(a).getUTCMonth() + 1, 'its month, 1 to 12'),
  strict('day', ['date'], 'number', (a: number) => calendar(a).getUTCDate(), 'its day of the month'),
  strict(
    'weekday',
    ['date'],
    'number',
    (a: number) => ((calendar(a).getUTCDay() + 6) % 7) + 1,
    '1 for Monday to 7 for Sunday',
  ),
  strict('hour', ['instant'], 'number', (a: number) => new Date(a).getUTCHours(), 'its hour, UTC'),
];
