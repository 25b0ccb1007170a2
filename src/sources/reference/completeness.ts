/** What a source says of its own completeness: totals by day and office, and the day to which it sent everything. */
import Type from 'typebox';
import { timeSchema } from '../../declaration/dates.ts';
import { feeds } from '../../mapping/mapping.ts';
import { code, kindOf } from './kind.ts';

const feed = Type.Enum([...feeds], { description: 'what is counted' });
const day = (description: string) => timeSchema('day', description);

export const controlTotal = kindOf(
  'control-total',
  'Control total of an office and day',
  ['feed', 'office', 'day'],
  {
    feed,
    office: code('office'),
    day: day('on the clock of the office'),
    count: Type.Integer({ minimum: 0, description: 'declarations registered, or events' }),
    taxes: Type.Optional(Type.Number({ description: 'sum of taxes, national major units' })),
  },
);

export const complete = kindOf('complete', 'Day to which a source is complete', ['feed', 'office'], {
  feed,
  office: code('office; * for all'),
  until: day('last complete day'),
});
