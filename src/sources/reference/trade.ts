/** Who trades and who acts for them: traders, brokers, mandates, programmes, guarantees. */
import Type from 'typebox';
import { Money } from '../../declaration/money.ts';
import { code, kindOf, maybe, texts } from './kind.ts';

export const trader = kindOf('trader', 'Trader', ['id'], {
  id: code('identification number'),
  name: maybe('name'),
  address: Type.Optional(Type.String({ maxLength: 2000, description: 'address' })),
  country: maybe('ISO 3166 alpha-2'),
  activity: maybe('activity, ISIC code or words'),
  status: maybe('active, suspended, ceased'),
  phone: maybe('telephone'),
  bank: maybe('bank account'),
});

export const broker = kindOf('broker', "Broker's licence", ['id'], {
  id: code('identification number, as declarations name the declarant'),
  licence: maybe('number of the licence'),
  name: maybe('name'),
  status: maybe('active, suspended, withdrawn'),
  offices: texts('offices in which it may act; all where absent'),
});

export const mandate = kindOf('mandate', 'Mandate of a broker by a trader', ['trader', 'broker'], {
  trader: code('trader'),
  broker: code('broker'),
  scope: maybe('what it covers'),
});

export const programme = kindOf('programme', 'Programme a trader takes part in', ['trader', 'programme'], {
  trader: code('trader'),
  programme: code('AEO, AEOC, AEOS, or the national name'),
  status: Type.Enum(['valid', 'suspended', 'revoked', 'applied'], { description: 'on these days' }),
  reference: maybe('number of the authorisation'),
});

export const guarantee = kindOf('guarantee', 'Guarantee', ['reference'], {
  reference: code('number'),
  holder: maybe('trader or broker'),
  type: maybe('type'),
  amount: Type.Optional(Money),
  procedures: texts('procedures it secures'),
  office: maybe('office of guarantee'),
});
