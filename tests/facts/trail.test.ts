import { describe, expect, it } from 'vitest';
import { procedureOf, readProcedures } from '../../src/evidence/procedures.ts';
import { factCall } from '../../src/facts/call.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import type { FactValue } from '../../src/facts/model.ts';
import { resolveCalls } from '../../src/facts/resolve.ts';
import { factSheet } from '../../src/facts/sheet.ts';
import type { FactSources } from '../../src/facts/sources.ts';
import type { TrailStep } from '../../src/facts/subject.ts';
import { workingHours } from '../../src/facts/trail/calendar.ts';
import { selectorOf } from '../../src/facts/trail/selector.ts';
import { localTime } from '../../src/ground/zones.ts';
import { cleanDeclaration } from './clean.ts';

/** `KIND day:hh:mm officer {more}`: day 2 is Monday 2 March 2026, in UTC. */
function steps(...lines: (string | [string, Partial<TrailStep>])[]): TrailStep[] {
  return lines.map((line, index) => {
    const [text, more] = typeof line === 'string' ? [line, {}] : line;
    const [kind, when, officer] = text.split(' ') as [TrailStep['kind'], string, string | undefined];
    const [day, hour, minute] = when.split(':');
    const at = `2026-03-${day!.padStart(2, '0')}T${hour}:${minute}:00.000Z`;
    return { id: `E${index}`, kind, at, local: at, officer: officer ?? null, ...more };
  });
}

const procedure = procedureOf(readProcedures());
const whole: FactSources = { completeTo: () => Date.parse('2026-03-31T00:00:00.000Z'), procedure };

async function value(
  trail: TrailStep[],
  fact: string,
  params: Record<string, FactValue> = {},
  sources = whole,
): Promise<FactValue> {
  const call = factCall(factCatalogue.get(fact)!, params);
  const declaration = cleanDeclaration();
  const subject = {
    reference: 'R',
    version: 1,
    declaration,
    trail,
    outcomes: [],
    recordedAt: '2026-04-01T00:00:00.000Z',
    sheet: factSheet(declaration),
  };
  await resolveCalls([subject], { declaration: [call], item: [] }, sources);
  return subject.sheet.calls![call.key];
}

const pair = (first: string, later: string, more: object = {}) =>
  Object.fromEntries([['first', first], ['then', later], ...Object.entries(more)]) as Record<
    string,
    FactValue
  >;
const upTo = (watermark: string): FactSources => ({ ...whole, completeTo: () => Date.parse(watermark) });

describe('precedence', () => {
  const inspectThenRelease = pair('INSPECT', 'RELEASE');
  it('holds where the act came first, also in the same minute, and whatever order the events arrived in', async () => {
    expect(
      await value(steps('INSPECT 2:09:00 A', 'RELEASE 2:10:00 A'), 'trail.precedence', inspectThenRelease),
    ).toBe(true);
    expect(
      await value(steps('RELEASE 2:10:00 A', 'INSPECT 2:10:00 A'), 'trail.precedence', inspectThenRelease),
    ).toBe(true);
  });
  it('is broken where the act is missing or came after', async () => {
    expect(await value(steps('RELEASE 2:10:00 A'), 'trail.precedence', inspectThenRelease)).toBe(false);
    expect(
      await value(steps('RELEASE 2:10:00 A', 'INSPECT 2:11:00 A'), 'trail.precedence', inspectThenRelease),
    ).toBe(false);
  });
  it('is not told before the trail is complete up to the release', async () => {
    const trail = steps('RELEASE 5:10:00 A');
    expect(
      await value(trail, 'trail.precedence', inspectThenRelease, upTo('2026-03-05T09:59:00Z')),
    ).toBeUndefined();
    expect(await value(trail, 'trail.precedence', inspectThenRelease, upTo('2026-03-05T10:00:00Z'))).toBe(
      false,
    );
    expect(await value(trail, 'trail.precedence', inspectThenRelease, { procedure })).toBeUndefined();
  });
  it('asks for completeness of the events that may be missing, not of others', async () => {
    const released: FactSources = {
      procedure,
      completeTo: (_, kind) => (kind === 'RELEASE' ? Date.parse('2026-03-31T00:00:00Z') : undefined),
    };
    expect(
      await value(steps('RELEASE 5:10:00 A'), 'trail.precedence', inspectThenRelease, released),
    ).toBeUndefined();
  });
  it('distinguishes controls', async () => {
    const documents = steps(['INSPECT 2:09:00 A', { control: 'documents' }], 'RELEASE 2:10:00 A');
    expect(await value(documents, 'trail.precedence', pair('INSPECT[control=physical]', 'RELEASE'))).toBe(
      false,
    );
  });
});

describe('response and absence', () => {
  const within24 = pair('ASSESS', 'PAY', { hours: 24 });
  it('are answered in time, late, or not yet known', async () => {
    expect(await value(steps('ASSESS 2:09:00', 'PAY 3:08:00'), 'trail.response', within24)).toBe(true);
    expect(await value(steps('ASSESS 2:09:00', 'PAY 3:10:00'), 'trail.response', within24)).toBe(false);
    expect(await value(steps('ASSESS 2:09:00'), 'trail.response', within24)).toBe(false);
    expect(
      await value(steps('ASSESS 2:09:00'), 'trail.response', within24, upTo('2026-03-03T08:00:00Z')),
    ).toBeUndefined();
  });
  it('say that something did not happen only up to the watermark', async () => {
    const trail = steps('LANE 2:09:00', 'RELEASE 4:09:00');
    const noScan = { event: 'SCAN', until: 'RELEASE' };
    expect(await value(trail, 'trail.absence', noScan)).toBe(true);
    expect(await value(trail, 'trail.absence', noScan, upTo('2026-03-03T00:00:00Z'))).toBeUndefined();
    expect(await value(steps('SCAN 3:09:00', 'RELEASE 4:09:00'), 'trail.absence', noScan)).toBe(false);
    expect(await value(steps('LANE 3:09:00'), 'trail.absence', noScan)).toBeUndefined();
  });
});

describe('time', () => {
  const openDays = { timeZone: 'Europe/Paris', week: [1, 2, 3, 4, 5].map(() => [[480, 1080] as const]) };
  const office: FactSources = {
    ...whole,
    calendar: () => ({ ...openDays, holidays: new Set(['2026-03-04']) }),
  };

  it('is counted by the clock or by the opening hours of the office', async () => {
    const trail = steps('REGISTER 3:16:00', 'ASSESS 5:08:00');
    expect(await value(trail, 'trail.within', pair('REGISTER', 'ASSESS'))).toBe(40);
    // Tuesday 17:00 to 18:00, closed on Wednesday, Thursday 8:00 to 9:00, on the clock of Paris.
    expect(await value(trail, 'trail.within', pair('REGISTER', 'ASSESS', { clock: 'office' }), office)).toBe(
      2,
    );
    expect(
      await value(trail, 'trail.within', pair('REGISTER', 'ASSESS', { clock: 'office' })),
    ).toBeUndefined();
  });
  it('goes over the days on which clocks change', () => {
    const night = { timeZone: 'Europe/Paris', week: Array.from({ length: 7 }, () => [[0, 1440] as const]) };
    const hours = workingHours(night, Date.parse('2026-03-28T23:00:00Z'), Date.parse('2026-03-29T22:00:00Z'));
    expect(hours).toBe(23);
    expect(localTime(Date.parse('2026-07-01T22:30:00Z'), 'Europe/Paris')).toMatchObject({
      day: '2026-07-02',
      minute: 30,
    });
  });
  it('tells events outside opening hours, the system and the declarant apart', async () => {
    const trail = steps('ASSESS 2:22:00 A', 'ASSESS 4:09:00 A', 'ASSESS 5:09:00 A', [
      'ASSESS 2:23:00',
      { role: 'system' },
    ]);
    expect(await value(trail, 'trail.outsideHours', { event: 'ASSESS' }, office)).toBe(2);
    expect(await value(trail, 'trail.outsideHours', { event: 'ASSESS' })).toBeUndefined();
  });
  it('waits up to the watermark where the answer has not come', async () => {
    const trail = steps('REGISTER 2:00:00');
    expect(await value(trail, 'trail.waited', pair('REGISTER', 'ASSESS'), upTo('2026-03-04T00:00:00Z'))).toBe(
      48,
    );
    expect(await value(trail, 'trail.within', pair('REGISTER', 'ASSESS'))).toBeUndefined();
  });
});

describe('actors', () => {
  it('of two steps are the same, different, or not known', async () => {
    const both = pair('INSPECT', 'RELEASE');
    expect(await value(steps('INSPECT 2:09:00 A', 'RELEASE 2:10:00 A'), 'trail.sameActor', both)).toBe(true);
    expect(await value(steps('INSPECT 2:09:00 A', 'RELEASE 2:10:00 B'), 'trail.sameActor', both)).toBe(false);
    expect(
      await value(steps('INSPECT 2:09:00 A', 'RELEASE 2:10:00'), 'trail.sameActor', both),
    ).toBeUndefined();
  });
  it('of incompatible steps are named by the pair', async () => {
    const trail = steps('ASSESS 2:09:00 A', 'CANCEL 2:10:00 A');
    expect(await value(trail, 'trail.incompatible')).toEqual(['ASSESS+CANCEL']);
    const small: FactSources = {
      ...whole,
      procedure: () => ({ ...procedure('XX'), onePersonOffices: ['XX001'] }),
    };
    expect(await value(trail, 'trail.incompatible', {}, small)).toEqual([]);
  });
  it('who take back what another corrected are noticed', async () => {
    const money = (amount: number) => ({ amount, currency: 'EUR' });
    const trail = steps(
      ['AMEND 2:09:00 A', { taxBefore: money(100), tax: money(300) }],
      ['AMEND 3:09:00 B', { taxBefore: money(300), tax: money(100) }],
    );
    expect(await value(trail, 'trail.reversed')).toBe(true);
    expect(await value(trail.slice(0, 1), 'trail.reversed')).toBe(false);
    expect(await value(trail, 'trail.taxChange', { event: 'AMEND' })).toBe(0);
  });
});

describe('order, lanes and holds', () => {
  it('names pairs of steps in unlawful order, and forgives a minute between two clocks', async () => {
    expect(await value(steps('RELEASE 2:10:00', 'LANE 2:12:00'), 'trail.disorder')).toEqual(['RELEASE<LANE']);
    expect(await value(steps('RELEASE 2:10:00', 'LANE 2:10:01'), 'trail.disorder')).toEqual([]);
    expect(await value(steps('PAY 1:10:00', 'LANE 2:10:00', 'RELEASE 3:00:00'), 'trail.disorder')).toEqual(
      [],
    );
  });
  it('keeps the first, the strictest and the last lane', async () => {
    const trail = steps(
      ['LANE 2:09:00', { to: 'Yellow' }],
      ['REROUTE 2:10:00', { from: 'yellow', to: 'red' }],
      ['REROUTE 2:12:00', { from: 'red', to: 'green', cause: 'control-closed' }],
    );
    const lanes = await Promise.all(
      ['first', 'strictest', 'last'].map((which) => value(trail, 'trail.lane', { which })),
    );
    expect(lanes).toEqual(['yellow', 'red', 'green']);
  });
  it('sees a hold that stands at release, once nothing can still arrive that lifts it', async () => {
    const trail = steps(['HOLD 2:09:00', { agency: 'FOOD' }], 'RELEASE 2:10:00');
    expect(await value(trail, 'trail.holds', { event: 'RELEASE' })).toEqual(['FOOD']);
    expect(await value(trail, 'trail.holds', { event: 'RELEASE' }, { procedure })).toBeUndefined();
    const lifted = steps(
      ['HOLD 2:09:00', { agency: 'FOOD' }],
      ['UNHOLD 2:09:30', { agency: 'FOOD' }],
      'RELEASE 2:10:00',
    );
    expect(await value(lifted, 'trail.holds', { event: 'RELEASE' })).toEqual([]);
    const other = steps(['HOLD 2:09:00', { agency: 'FOOD' }], ['UNHOLD 2:09:30', { agency: 'PLANT' }]);
    expect(await value(other, 'trail.foreignUnhold')).toEqual(['FOOD']);
  });
});

describe('a declaration without a trail', () => {
  it('leaves every fact on the trail missing', async () => {
    const facts = [...factCatalogue.values()].filter(
      (fact) => fact.name.startsWith('trail.') && !fact.params?.first,
    );
    for (const fact of facts)
      expect(await value([], fact.name, { event: 'RELEASE', which: 'last' })).toBeUndefined();
  });
});

describe('a selector', () => {
  const [reroute] = steps(['REROUTE 2:09:00', { cause: 'discretionary-down', reason: '  ' }]);
  it.each([
    ['REROUTE', true],
    ['ASSESS|REROUTE', true],
    ['REROUTE[cause=up|discretionary-down]', true],
    ['REROUTE[cause=discretionary-down, reason=none]', true],
    ['REROUTE[reason=any]', false],
    ['REROUTE[cause=up]', false],
  ])('%s is %s', (text, expected) => expect(selectorOf(text).test(reroute!)).toBe(expected));
  it('that names no event is refused with what it should look like', () => {
    expect(() => selectorOf('INSPECTION')).toThrow(/is not like INSPECT/);
    expect(() => selectorOf('INSPECT[colour=red]')).toThrow(/members: cause/);
  });
});

describe('clocks', () => {
  const local = (text: string, when: string, more: Partial<TrailStep> = {}): [string, Partial<TrailStep>] => [
    text,
    { local: when, ...more },
  ];

  it('take an event at midnight of its office for any hour of the day, and one a minute later for itself', async () => {
    const inspectThenRelease = pair('INSPECT', 'RELEASE');
    // The act bears a day alone: 00:00 at UTC+1 is 23:00 of the day before.
    const dayOnly = steps(local('RELEASE 2:23:00 A', '2026-03-03T00:00:00+01:00'), 'INSPECT 3:10:00 A');
    expect(await value(dayOnly, 'trail.precedence', inspectThenRelease)).toBe(true);
    const hour = steps(local('RELEASE 2:23:02 A', '2026-03-03T00:02:00+01:00'), 'INSPECT 3:10:00 A');
    expect(await value(hour, 'trail.precedence', inspectThenRelease)).toBe(false);
  });

  it('over midnight count as one wait', async () => {
    const trail = steps('REGISTER 2:23:30 A', 'ASSESS 3:00:30 A');
    expect(await value(trail, 'trail.within', pair('REGISTER', 'ASSESS'))).toBe(1);
  });

  it('put forward or back between two events do not make their distance longer or shorter', async () => {
    // 29 March 2026, 01:00 UTC: two o'clock becomes three in Tirana.
    const trail = steps(
      local('REGISTER 29:00:30 A', '2026-03-29T01:30:00+01:00'),
      local('ASSESS 29:01:30 A', '2026-03-29T03:30:00+02:00'),
    );
    expect(await value(trail, 'trail.within', pair('REGISTER', 'ASSESS'))).toBe(1);
    const calendar = () => ({
      timeZone: 'Europe/Tirane',
      week: Array.from({ length: 7 }, () => [[0, 1440] as const]),
    });
    expect(
      await value(trail, 'trail.within', pair('REGISTER', 'ASSESS', { clock: 'office' }), {
        ...whole,
        calendar,
      }),
    ).toBe(1);
  });

  it('of the hour that comes twice keep the order of the instants', async () => {
    // 26 October 2025 in Tirana: half past two comes at 00:30 and again at 01:30 UTC.
    const at = (instant: string, offset: string): Partial<TrailStep> => ({
      at: instant,
      local: `2025-10-26T02:30:00${offset}`,
    });
    const trail = steps(
      ['INSPECT 2:00:00 A', at('2025-10-26T00:30:00.000Z', '+02:00')],
      ['RELEASE 2:00:00 A', at('2025-10-26T01:30:00.000Z', '+01:00')],
    );
    const sources = upTo('2025-10-31T00:00:00.000Z');
    expect(await value(trail, 'trail.precedence', pair('INSPECT', 'RELEASE'), sources)).toBe(true);
    expect(await value(trail, 'trail.precedence', pair('RELEASE', 'INSPECT'), sources)).toBe(false);
    expect(await value(trail, 'trail.within', pair('INSPECT', 'RELEASE'), sources)).toBe(1);
  });

  it('that write whole minutes forgive a minute and no more', async () => {
    const order = pair('PAY', 'RELEASE');
    expect(await value(steps('RELEASE 2:10:00 A', 'PAY 2:10:01 A'), 'trail.precedence', order)).toBe(true);
    expect(await value(steps('RELEASE 2:10:00 A', 'PAY 2:10:02 A'), 'trail.precedence', order)).toBe(false);
    expect(await value(steps('RELEASE 2:10:00 A', 'PAY 2:10:02 A'), 'trail.disorder')).toEqual(
      procedure('XX')!.flows.import.order.some(([a, b]) => a === 'PAY' && b === 'RELEASE')
        ? ['RELEASE<PAY']
        : [],
    );
  });

  it('are not believed on the order of what was typed in more than an hour afterwards', async () => {
    const [before, after] = procedure('XX')!.flows.import.order[0]!;
    const at = (kind: string, when: string, more: Partial<TrailStep> = {}): [string, Partial<TrailStep>] => [
      `${kind} ${when} A`,
      more,
    ];
    const wrong = [at(after, '2:10:00'), at(before, '2:12:00')] as const;
    expect(await value(steps(...wrong), 'trail.disorder')).toEqual([`${after}<${before}`]);
    const late = steps(wrong[0], at(before, '2:12:00', { enteredAt: '2026-03-02T13:30:00.000Z' }));
    expect(await value(late, 'trail.disorder')).toEqual([]);
    const soon = steps(wrong[0], at(before, '2:12:00', { enteredAt: '2026-03-02T12:50:00.000Z' }));
    expect(await value(soon, 'trail.disorder')).toEqual([`${after}<${before}`]);
  });

  it('wait for no time that has not passed, whatever day is claimed to be complete', async () => {
    const claimed = upTo('2027-01-01T00:00:00.000Z');
    // The check of these tests is made on 1 April at midnight.
    expect(
      await value(steps('RELEASE 30:00:00 A'), 'trail.waitedDays', pair('RELEASE', 'EXIT'), claimed),
    ).toBe(2);
  });
});
