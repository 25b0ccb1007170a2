/** Customs offices, their sections, calendars and closed days. */
import Type from 'typebox';
import { clockPattern, closingPattern, timeSchema } from '../../declaration/dates.ts';
import { code, kindOf, maybe, texts } from './kind.ts';

export const office = kindOf('office', 'Customs office', ['office'], {
  office: code('code'),
  name: maybe('name'),
  kind: maybe('port, airport, land border, inland, headquarters'),
  timezone: maybe('IANA zone'),
  country: maybe('ISO 3166 alpha-2'),
  scanner: Type.Optional(Type.Boolean({ description: 'it has one' })),
  assignment: Type.Optional(
    Type.Enum(['random', 'workload', 'section', 'chief'], {
      description: 'rule by which declarations are assigned to officers; absent where it is none of these',
    }),
  ),
});

export const section = kindOf('section', 'Section of an office', ['office', 'section'], {
  office: code('office'),
  section: code('code'),
  name: maybe('name'),
  chapters: texts('HS chapters it handles'),
  locations: texts('locations of goods it handles'),
});

/** Hours of work, one record a weekday; several shifts are several records. */
export const calendar = kindOf('calendar', 'Hours of an office', ['office', 'weekday', 'opens'], {
  office: code('office'),
  weekday: Type.Integer({ minimum: 0, maximum: 6, description: '0 is Sunday' }),
  opens: Type.String({ pattern: clockPattern, description: 'clock of the office' }),
  closes: Type.String({ pattern: closingPattern, description: 'after midnight where it is before opens' }),
});

export const holiday = kindOf('holiday', 'Day on which offices are closed', ['office', 'day'], {
  office: code('office; * for all'),
  day: timeSchema('day', 'the day'),
  name: maybe('name'),
});
