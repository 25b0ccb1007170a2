/** Facts that follow from reference records: what registers say, and what they leave unsaid. */
import { describe, expect, it } from 'vitest';
import { listBook } from '../../src/evidence/lists/shipped.ts';
import { calendarsOf, completenessOf, endOfDay } from '../../src/evidence/offices.ts';
import { registersOf } from '../../src/evidence/registers.ts';
import { systemResolver } from '../../src/evidence/system.ts';
import { tariffResolver } from '../../src/evidence/tariff.ts';
import { factCall } from '../../src/facts/call.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { changed, type Given } from '../../src/facts/change.ts';
import type { FactValue } from '../../src/facts/model.ts';
import { resolveCalls } from '../../src/facts/resolve.ts';
import type { FactSources } from '../../src/facts/sources.ts';
import type { TrailStep } from '../../src/facts/subject.ts';
import { asKnown, openBook } from '../../src/sources/reference/book.ts';
import { referenceDocument } from '../../src/sources/reference/store.ts';
import { nationalTariff } from '../../src/sources/tariff/country.ts';
import { cleanDeclaration } from './clean.ts';

const recordedAt = '2026-01-01T00:00:00.000Z';
const book = (...records: [kind: string, record: Record<string, unknown>][]) =>
  openBook(
    records.map(([kind, record]) =>
      referenceDocument({ kind, record: { from: '2020-01-01', ...record } }, recordedAt),
    ),
  );

async function value(
  sources: FactSources,
  fact: string,
  params: Record<string, FactValue> = {},
  { given = {}, trail = [] }: { given?: Given; trail?: TrailStep[] } = {},
) {
  const definition = factCatalogue.get(fact)!;
  const call = factCall(definition, params);
  const { declaration, sheet } = changed(cleanDeclaration(), given);
  const subject = {
    reference: 'R',
    version: 1,
    declaration,
    trail,
    outcomes: [],
    recordedAt: '2026-04-01T00:00:00.000Z',
    sheet,
  };
  const calls =
    definition.scope === 'item' ? { declaration: [], item: [call] } : { declaration: [call], item: [] };
  await resolveCalls([subject], calls, sources);
  return definition.scope === 'item' ? sheet.itemCalls![0]![call.key] : sheet.calls![call.key];
}

const step = (
  kind: TrailStep['kind'],
  at: string,
  officer: string,
  more: Partial<TrailStep> = {},
): TrailStep => ({
  id: `${kind}${at}`,
  kind,
  at,
  local: at,
  officer,
  ...more,
});
const release = step('RELEASE', '2026-03-02T15:00:00.000Z', 'o-1', { office: 'XX001' });
/** Of an event that names no office it is not known where it was done. */
const somewhere = step('RELEASE', '2026-03-02T15:00:00.000Z', 'o-1');

describe('registers of traders', () => {
  const aeo = (...records: Record<string, unknown>[]) => {
    const known = openBook(
      records.map(({ told = recordedAt, ...record }) =>
        referenceDocument(
          { kind: 'programme', record: { trader: 'C1', programme: 'AEO', ...record } },
          String(told),
        ),
      ),
    );
    return (day: string, knownAt = '2026-12-31T00:00:00.000Z') =>
      listBook(registersOf(asKnown(known, knownAt)))
        .get('aeo')
        ?.find('C1', day) !== undefined;
  };
  const valid = { from: '2024-01-01', status: 'valid' };

  it('hold a status until the next word on it, which need not close the one before', () => {
    const suspended = aeo(
      valid,
      { from: '2026-03-02', status: 'suspended' },
      { from: '2026-04-01', status: 'valid' },
    );
    expect(['2026-03-01', '2026-03-02', '2026-03-31', '2026-04-01'].map((day) => suspended(day))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('say what was known at the time: a benefit given before the suspension was told stays right', () => {
    const later = aeo(valid, { from: '2026-03-02', status: 'suspended', told: '2026-03-10T09:00:00.000Z' });
    expect(later('2026-03-05', '2026-03-05T12:00:00.000Z')).toBe(true);
    expect(later('2026-03-05', '2026-03-11T12:00:00.000Z')).toBe(false);
  });

  it('let a day on which the status changed at some hour end as it began', () => {
    const atTen = aeo(valid, { from: '2026-03-02T10:00:00Z', status: 'suspended' });
    expect(['2026-03-02', '2026-03-03'].map((day) => atTen(day))).toEqual([true, false]);
  });
});

describe('registers of people', () => {
  const system = (...records: Parameters<typeof book>) => ({
    families: { system: systemResolver(() => book(...records)) },
  });
  const account = ['account', { user: 'o-1' }] as [string, Record<string, unknown>];

  it('name an officer whose account had ended, and say nothing of one they do not hold', async () => {
    const ended = system(['account', { user: 'o-1', to: '2025-12-31' }]);
    expect(await value(ended, 'system.inactive', {}, { trail: [release] })).toEqual(['o-1']);
    expect(await value(system(account), 'system.inactive', {}, { trail: [release] })).toEqual([]);
    const other = system(['account', { user: 'o-2' }]);
    expect(await value(other, 'system.inactive', {}, { trail: [release] })).toBeUndefined();
    expect(await value(system(), 'system.inactive', {}, { trail: [release] })).toBeUndefined();
  });

  it('accuse nobody before the register begins, nor of an office that the event does not name', async () => {
    const later = system(
      ['account', { user: 'o-1', from: '2026-03-10' }],
      ['right', { user: 'o-2', right: 'RELEASE' }],
    );
    expect(await value(later, 'system.inactive', {}, { trail: [release] })).toBeUndefined();
    expect(
      await value(later, 'system.withoutRight', { event: 'RELEASE' }, { trail: [release] }),
    ).toBeUndefined();
    const unkept = system(account, ['right', { user: 'o-2', right: 'RELEASE', from: '2026-03-10' }]);
    expect(
      await value(unkept, 'system.withoutRight', { event: 'RELEASE' }, { trail: [release] }),
    ).toBeUndefined();
    const ended = system(account, ['post', { user: 'o-1', office: 'XX001', to: '2025-12-31' }]);
    expect(await value(ended, 'system.inactive', {}, { trail: [release] })).toEqual(['o-1']);
    expect(await value(ended, 'system.inactive', {}, { trail: [somewhere] })).toBeUndefined();
    const begun = system(account, ['post', { user: 'o-1', office: 'XX001', from: '2026-03-10' }]);
    expect(await value(begun, 'system.inactive', {}, { trail: [release] })).toBeUndefined();
    const elsewhere = system(account, ['right', { user: 'o-1', right: 'RELEASE', office: 'XX009' }]);
    expect(
      await value(elsewhere, 'system.withoutRight', { event: 'RELEASE' }, { trail: [somewhere] }),
    ).toBeUndefined();
  });

  it('count a night shift to the day on which it begins', async () => {
    const night = step('RELEASE', '2026-03-03T02:00:00.000Z', 'o-1', { office: 'XX001' });
    const noon = step('RELEASE', '2026-03-03T12:30:00.000Z', 'o-1', { office: 'XX001' });
    const roster = system(
      ...(['2026-03-02', '2026-03-03'] as const).map(
        (day, index) =>
          ['duty', { user: `o-${index + 1}`, office: 'XX001', day, from: day, to: day }] as [
            string,
            Record<string, unknown>,
          ],
      ),
    );
    expect(await value(roster, 'system.offDuty', {}, { trail: [night] })).toEqual([]);
    expect(await value(roster, 'system.offDuty', {}, { trail: [noon] })).toEqual(['o-1']);
  });

  it('leave events of the system and of declarants out', async () => {
    const trail = [step('RELEASE', release.at, 'o-9', { role: 'system' })];
    expect(await value(system(account), 'system.inactive', {}, { trail })).toEqual([]);
  });

  it('know a right for every lane, for one lane and for one office', async () => {
    const right = (right: string, more = {}) =>
      ['right', { user: 'o-1', right, ...more }] as [string, Record<string, unknown>];
    const trail = [step('LANE', '2026-03-02T08:00:00.000Z', 'o-s', { to: 'red' }), release];
    const event = { event: 'RELEASE' };
    expect(await value(system(account, right('RELEASE')), 'system.withoutRight', event, { trail })).toEqual(
      [],
    );
    expect(
      await value(system(account, right('RELEASE:red')), 'system.withoutRight', event, { trail }),
    ).toEqual([]);
    expect(
      await value(system(account, right('RELEASE:green')), 'system.withoutRight', event, { trail }),
    ).toEqual(['o-1']);
    const elsewhere = system(account, right('RELEASE', { office: 'XX009' }));
    expect(await value(elsewhere, 'system.withoutRight', event, { trail })).toEqual(['o-1']);
    expect(await value(system(account), 'system.withoutRight', event, { trail })).toBeUndefined();
  });

  it('read a roster of hours as one of days: who stands on it at all that day is on duty', async () => {
    const duty = (user: string) =>
      [
        'duty',
        {
          user,
          office: 'XX001',
          day: '2026-03-02',
          from: '2026-03-02T07:00:00+01:00',
          to: '2026-03-02T15:00:00+01:00',
        },
      ] as [string, Record<string, unknown>];
    expect(await value(system(duty('o-1')), 'system.offDuty', {}, { trail: [release] })).toEqual([]);
    expect(await value(system(duty('o-2')), 'system.offDuty', {}, { trail: [release] })).toEqual(['o-1']);
  });

  it('tell who was not on the roster only where the roster of the day is known', async () => {
    const duty = (user: string, day: string) =>
      ['duty', { user, office: 'XX001', day, from: day, to: day }] as [string, Record<string, unknown>];
    expect(
      await value(system(duty('o-2', '2026-03-02')), 'system.offDuty', {}, { trail: [release] }),
    ).toEqual(['o-1']);
    expect(
      await value(system(duty('o-1', '2026-03-02')), 'system.offDuty', {}, { trail: [release] }),
    ).toEqual([]);
    expect(
      await value(system(duty('o-2', '2026-03-01')), 'system.offDuty', {}, { trail: [release] }),
    ).toBeUndefined();
  });

  it('see an account at two terminals by the moment, whatever the clocks of its offices show', async () => {
    const session = (terminal: string, from: string, to: string) =>
      ['session', { user: 'o-1', terminal, from, to }] as [string, Record<string, unknown>];
    const here = session('T1', '2026-03-02T14:30:00Z', '2026-03-02T15:30:00Z');
    // From 14:50 to 15:10 in UTC.
    const together = session('T2', '2026-03-03T03:50:00+13:00', '2026-03-03T04:10:00+13:00');
    // From 00:00 to 06:00 in UTC, which reads 13:00 to 19:00 there.
    const hoursBefore = session('T2', '2026-03-02T13:00:00+13:00', '2026-03-02T19:00:00+13:00');
    const shared = (...sessions: Parameters<typeof system>) =>
      value(system(...sessions), 'system.sharedSessions', {}, { trail: [release] });
    expect(await shared(here, together)).toEqual(['o-1']);
    expect(await shared(here, hoursBefore)).toEqual([]);
  });

  it('see a criterion that was changed for hours, and by whom', async () => {
    const criterion = (from: string, text: string, user: string) =>
      ['criterion', { criterion: 'C1', from, text, user }] as [string, Record<string, unknown>];
    const sources = system(
      criterion('2026-01-01', 'HS 8517', 'o-7'),
      criterion('2026-03-02T07:00:00Z', 'HS 8518', 'o-1'),
      criterion('2026-03-02T10:00:00Z', 'HS 8517', 'o-1'),
    );
    const trail = [
      step('LANE', '2026-03-02T08:00:00.000Z', 'o-s', { role: 'system', to: 'green', criterion: 'C1' }),
      release,
    ];
    expect(await value(sources, 'system.criterionReverted', {}, { trail })).toBe(3);
    expect(await value(sources, 'system.criterionAuthors', {}, { trail })).toEqual(['o-1']);
  });

  it('see what passed while a criterion of the office was switched off, which stands beside one of everywhere', async () => {
    const criterion = (record: Record<string, unknown>) =>
      ['criterion', { criterion: 'C1', text: 'HS 8517', lane: 'red', ...record }] as [
        string,
        Record<string, unknown>,
      ];
    const everywhere = criterion({ from: '2020-01-01', share: 0.25 });
    const of = (share: number, from: string, more: Record<string, unknown> = {}) =>
      criterion({ office: 'XX001', share, from, ...more });
    const off = of(0, '2026-03-02T08:00:00+01:00', { to: '2026-03-02T11:00:00+01:00' });
    const lane = (at: string, more: Partial<TrailStep> = {}) => [
      step('LANE', `2026-03-02T${at}:00.000Z`, 'o-s', {
        role: 'system',
        to: 'green',
        cause: 'quota',
        ...more,
      }),
    ];
    const hours = (records: Parameters<typeof system>, trail: TrailStep[]) =>
      value(system(...records), 'system.criterionReverted', {}, { trail });
    const restored = [everywhere, off, of(0.25, '2026-03-02T11:00:00+01:00')];
    expect(await hours(restored, lane('08:00'))).toBe(3);
    // Where it ends by itself, that of everywhere holds again.
    expect(await hours([everywhere, off], lane('08:00'))).toBeCloseTo(3);
    expect(await hours(restored, lane('06:30'))).toBeUndefined();
    expect(await hours(restored, lane('10:30'))).toBeUndefined();
    // Elsewhere it was not switched off; another criterion or the draw stopped it all the same; a rise lets nothing pass.
    const other = { office: 'XX009' };
    expect(await hours([everywhere, criterion({ ...off[1], ...other })], lane('08:00'))).toBeUndefined();
    expect(await hours(restored, lane('08:00', { criterion: 'C2', to: 'red' }))).toBeUndefined();
    expect(await hours(restored, lane('08:00', { cause: 'random', to: 'red' }))).toBeUndefined();
    expect(await hours([everywhere, criterion({ ...off[1], share: 0.5 })], lane('08:00'))).toBeUndefined();
    // A change that stays.
    expect(await hours([everywhere, of(0, '2026-03-02T08:00:00+01:00')], lane('08:00'))).toBeUndefined();
  });

  it('see a random rate that was dropped shortly before', async () => {
    const rate = (from: string, value: number) =>
      ['parameter', { office: 'XX001', name: 'randomRate', value, from }] as [
        string,
        Record<string, unknown>,
      ];
    const trail = [step('LANE', '2026-03-02T08:00:00.000Z', 'o-s', { to: 'green' })];
    const name = { name: 'randomRate' };
    expect(
      await value(system(rate('2026-01-01', 0.05), rate('2026-02-20', 0)), 'system.parameterDropped', name, {
        trail,
      }),
    ).toBe(true);
    expect(
      await value(system(rate('2025-01-01', 0.05), rate('2025-06-01', 0)), 'system.parameterDropped', name, {
        trail,
      }),
    ).toBe(false);
  });
});

describe('registers of trade', () => {
  const lists = (...records: Parameters<typeof book>) => ({
    lists: () => listBook(registersOf(book(...records))),
  });
  const consignee = { list: 'traders', of: 'consignee.id' };

  it('say who is not in them on the day, and nothing where there is no register', async () => {
    expect(await value(lists(['trader', { id: 'C1' }]), 'list.absent', consignee)).toEqual([]);
    expect(await value(lists(['trader', { id: 'C2' }]), 'list.absent', consignee)).toEqual(['C1']);
    expect(await value(lists(['trader', { id: 'C1', to: '2026-03-01' }]), 'list.absent', consignee)).toEqual([
      'C1',
    ]);
    expect(await value(lists(), 'list.absent', consignee)).toBeUndefined();
  });

  it('remember those who left later: on the day they were in', async () => {
    expect(await value(lists(['trader', { id: 'C1', to: '2026-03-20' }]), 'list.absent', consignee)).toEqual(
      [],
    );
  });

  it('hold suspensions apart', async () => {
    const sources = lists(['broker', { id: 'D1', status: 'suspended' }]);
    expect(await value(sources, 'list.found', { list: 'suspensions', of: 'declarant.id' })).toEqual(['D1']);
  });
});

describe('records of offices', () => {
  it('give the hours of the week in the zone of the office, shifts over midnight included', () => {
    const calendars = calendarsOf(
      book(
        ['office', { office: 'XX001', timezone: 'Asia/Kathmandu' }],
        ['calendar', { office: 'XX001', weekday: 1, opens: '08:00', closes: '16:00' }],
        ['calendar', { office: 'XX001', weekday: 0, opens: '22:00', closes: '06:00' }],
        ['holiday', { office: '*', day: '2026-05-01', from: '2026-05-01', to: '2026-05-01' }],
      ),
      '2026-03-01T00:00:00Z',
    );
    const calendar = calendars('XX001', 'XX')!;
    expect(calendar.timeZone).toBe('Asia/Kathmandu');
    expect(calendar.week[0]).toEqual([
      [480, 960],
      [0, 360],
    ]);
    expect(calendar.week[6]).toEqual([[1320, 1440]]);
    expect(calendar.holidays).toEqual(new Set(['2026-05-01']));
    expect(calendars('XX002', 'XX')).toBeUndefined();
  });

  it('say to which instant a trail is complete: the end of a day on the clock of the office', () => {
    const known = book(
      ['complete', { feed: 'trail', office: 'XX001', until: '2026-03-02' }],
      ['office', { office: 'XX001', timezone: 'Asia/Kathmandu' }],
    );
    const instant = completenessOf(known, [])(cleanDeclaration(), 'ASSESS')!;
    expect(new Date(instant).toISOString()).toBe('2026-03-02T18:15:00.000Z');
    const before = completenessOf(asKnown(known, '2025-12-31T00:00:00.000Z'), []);
    expect(before(cleanDeclaration(), 'ASSESS')).toBeUndefined();
    expect(endOfDay('2026-03-29', 'Europe/Paris')).toBe(Date.parse('2026-03-29T22:00:00Z'));
  });
});

describe('the tariff', () => {
  const tariff = {
    families: {
      tariff: tariffResolver(() =>
        nationalTariff(
          'XX',
          book(
            ['tariff-line', { hs: '85171300', units: ['NAR'], precisions: ['A1'] }],
            ['tariff-measure', { hs: '8517', measure: 'M1', area: 'dual-use', documents: ['C640', 'C641'] }],
            ['exchange-rate', { currency: 'USD', rate: 0.5 }],
          ),
        ),
      ),
    },
  };
  it('tells lines, units, measures with the documents they lack, and official rates', async () => {
    expect(await value(tariff, 'item.tariff.known')).toBe(true);
    expect(await value(tariff, 'item.tariff.known', {}, { given: { 'item.hs': '85171400' } })).toBe(false);
    expect(await value(tariff, 'item.tariff.missingUnits')).toEqual([]);
    expect(await value(tariff, 'item.tariff.missingUnits', {}, { given: { 'item.unit': 'KGM' } })).toEqual([
      'NAR',
    ]);
    expect(await value(tariff, 'item.tariff.otherUnits', {}, { given: { 'item.unit': 'KGM' } })).toEqual([
      'KGM',
    ]);
    expect(await value(tariff, 'item.tariff.measures')).toEqual(['dual-use']);
    expect(await value(tariff, 'item.tariff.missingDocuments', { area: 'any' })).toEqual(['C640|C641']);
    const held = { given: { 'item.documentCodes': ['C641'] } };
    expect(await value(tariff, 'item.tariff.missingDocuments', { area: 'any' }, held)).toEqual([]);
    expect(await value(tariff, 'item.tariff.missingDocuments', { area: 'cites' })).toEqual([]);
    expect(await value(tariff, 'tariff.exchangeRate')).toBe(0.5);
  });
});
