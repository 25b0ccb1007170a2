/** Officers as the system knows them: accounts, posts, duty days, rights, roles, sessions. Accounts become surrogates. */
import Type from 'typebox';
import { timeSchema } from '../../declaration/dates.ts';
import { code, kindOf, maybe } from './kind.ts';

const user = code('account in the source system');
const people = { accounts: ['user'] } as const;

export const account = kindOf(
  'account',
  'Account of a person',
  ['user'],
  {
    user,
    name: maybe('name of the person'),
    active: Type.Optional(Type.Boolean({ description: 'it may log in' })),
  },
  { accounts: ['user'], personal: ['name'] },
);

export const post = kindOf(
  'post',
  'Posting of an officer to an office',
  ['user', 'office'],
  { user, office: code('office'), section: maybe('section'), grade: maybe('grade or function') },
  people,
);

export const duty = kindOf(
  'duty',
  'Time on duty',
  ['user', 'office', 'day'],
  {
    user,
    office: code('office'),
    day: timeSchema('day', 'day on the roster'),
    section: maybe('section'),
  },
  people,
);

/** A right is the kind of event that it allows, or KIND:lane; `admin` is the right to administer the system. */
export const right = kindOf(
  'right',
  'Right of an account',
  ['user', 'right'],
  {
    user,
    right: code('kind of event, KIND:lane, or admin'),
    office: maybe('office; everywhere where absent'),
    grantedBy: maybe('account that gave it'),
  },
  { accounts: ['user', 'grantedBy'] },
);

export const role = kindOf(
  'role',
  'Role of an account',
  ['user', 'role'],
  { user, role: code('role as the system names it'), office: maybe('office') },
  people,
);

export const session = kindOf(
  'session',
  'Session of an account',
  ['user', 'terminal'],
  { user, terminal: code('terminal or address'), office: maybe('office') },
  people,
);
