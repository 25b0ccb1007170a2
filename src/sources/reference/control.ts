/** Agencies with a say at the border, and the settings of the system's own selectivity, as they changed. */
import Type from 'typebox';
import { code, kindOf, maybe, texts } from './kind.ts';

export const agency = kindOf('agency', 'Agency', ['agency'], {
  agency: code('code'),
  name: maybe('name'),
  areas: texts('areas of protection: food, medicine, cites, arms, ...'),
});

export const agencyMandate = kindOf(
  'agency-mandate',
  'Person who may hold and free goods for an agency',
  ['agency', 'user'],
  { agency: code('agency'), user: code('account'), office: maybe('office') },
  { accounts: ['user'] },
);

/** expectedRate and randomRate are fractions of one. */
export const parameter = kindOf(
  'parameter',
  'Selectivity parameter of an office',
  ['office', 'name', 'flow', 'lane'],
  {
    office: code('office; * for all'),
    name: code('randomRate, expectedRate, expectedRedRate, maximumHits, ...'),
    flow: maybe('import, export, transit'),
    lane: maybe('lane'),
    value: Type.Number({ description: 'rates are fractions of one' }),
    user: maybe('account that set it'),
  },
  { accounts: ['user'] },
);

export const criterion = kindOf(
  'criterion',
  'Selectivity criterion, list or value file as it changed',
  ['criterion', 'office'],
  {
    criterion: code('code'),
    office: maybe('office; everywhere where absent'),
    lane: maybe('lane it gives'),
    share: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'of hits that are selected' })),
    active: Type.Optional(Type.Boolean()),
    text: Type.Optional(Type.String({ maxLength: 20_000, description: 'the criterion itself' })),
    user: maybe('account that changed it'),
  },
  { accounts: ['user'] },
);
