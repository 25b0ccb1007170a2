import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binOf, valueOfBin } from '../../src/projections/bins.ts';
import { calendarOf } from '../../src/projections/calendar.ts';
import { fold } from '../../src/projections/fold.ts';
import { arrange, defaultContext } from '../../src/projections/history.ts';
import { check, euros, event, finding, outcome, version } from './trail.ts';

const rowsOf = (parts: {
  versions?: ReturnType<typeof version>[];
  events?: ReturnType<typeof event>[];
  outcomes?: ReturnType<typeof outcome>[];
  checks?: ReturnType<typeof check>[];
}) =>
  fold(
    arrange(
      'D1',
      parts.versions ?? [version(1, 100)],
      parts.events ?? [],
      parts.outcomes ?? [],
      parts.checks ?? [],
    ),
    defaultContext,
  );
const rowOf = (parts: Parameters<typeof rowsOf>[0]) => rowsOf(parts).clearance[0]!;

describe('the fold of a declaration', () => {
  const trail = () => [
    event('MANIFEST', '01 08:00'),
    event('ARRIVE', '02 08:00'),
    event('REGISTER', '03 08:00'),
    event('LANE', '03 08:00', null, { to: 'red', cause: 'criterion', criterion: 'VAL-001' }),
    event('ASSIGN', '03 08:30', 'chief', { to: 'anna', cause: 'manual' }),
    event('INSPECT', '03 10:00', 'anna', { endedAt: '2026-03-03T10:00:00.000Z' }),
    event('QUERY', '03 11:00', 'anna'),
    event('ANSWER', '03 14:00'),
    event('REROUTE', '03 15:00', 'anna', { from: 'red', to: 'green' }),
    event('ASSESS', '03 16:00', 'bert', { taxBefore: euros(100), tax: euros(130) }),
    event('HOLD', '03 17:00', null, { agency: 'health' }),
    event('UNHOLD', '03 19:00', null, { agency: 'health' }),
    event('PAY', '04 08:00', null, { tax: euros(130) }),
    event('RELEASE', '04 09:00', 'carl'),
    event('EXIT', '05 08:00'),
  ];
  const outcomes = () => [outcome('03 11:00', { officer: 'anna', result: 'value', duty: euros(30) })];

  it('gives the same rows whatever the order in which events came, and when they came twice', () => {
    const events = trail();
    const results = outcomes();
    const expected = rowsOf({ events, outcomes: results });
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events, ...events], {
          minLength: 2 * events.length,
          maxLength: 2 * events.length,
        }),
        (shuffled) => {
          expect(rowsOf({ events: shuffled, outcomes: [...results, ...results] })).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('cuts the time to release into segments that add up to it', () => {
    const row = rowOf({ events: trail() });
    const hour = 3600;
    expect(row.releaseSeconds).toBe(25 * hour);
    expect(row.declarantSeconds).toBe(3 * hour); // 11:00 to 14:00, the query
    expect(row.agencySeconds).toBe(2 * hour); // 17:00 to 19:00, the hold, though payment was open too
    expect(row.bankSeconds).toBe(14 * hour); // 16:00 to 08:00 without the hold
    expect(row.customsSeconds).toBe(6 * hour);
    expect(row.handsSeconds).toBe(5 * hour); // 8:00 to 16:00 without the query
    expect(row.leadSeconds).toBe(48 * hour);
    expect(row.dwellSeconds).toBe(49 * hour);
    expect(row.removalSeconds).toBe(24 * hour);
  });

  it('takes what the declarant amended by himself for nobody’s correction, however the new duty is told', () => {
    const events = (...also: ReturnType<typeof event>[]) => [
      event('REGISTER', '03 08:00'),
      event('LANE', '03 08:00', null, { to: 'yellow', cause: 'criterion' }),
      ...also,
      event('ASSESS', '03 16:00', 'bert', { tax: euros(130) }),
    ];
    const versions = [version(1, 100), version(2, 130)];
    expect(rowOf({ versions, events: events() })).toMatchObject({
      correction: 0,
      corrected: 0,
      final: 13_000,
    });
    // Asked before, found before, or raised by who assessed and in no version: a control brought it about.
    for (const parts of [
      { versions, events: events(event('QUERY', '03 10:00', 'bert')) },
      {
        versions,
        events: events(),
        outcomes: [outcome('03 12:00', { control: 'documents', result: 'value' })],
      },
      { versions: [version(1, 100)], events: events() },
      { versions, events: events(event('AMEND', '03 15:00', 'bert', { role: 'examiner', version: 2 })) },
    ])
      expect(rowOf(parts)).toMatchObject({ correction: 3_000, corrected: 1 });
  });

  it('never makes segments that do not add up, on any trail', () => {
    const kinds = [
      'REGISTER',
      'QUERY',
      'ANSWER',
      'HOLD',
      'UNHOLD',
      'ASSESS',
      'REOPEN',
      'PAY',
      'RELEASE',
    ] as const;
    const step = fc.record({
      kind: fc.constantFrom(...kinds),
      day: fc.integer({ min: 1, max: 9 }),
      hour: fc.integer({ min: 0, max: 23 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const events = steps.map((each) =>
          event(each.kind, `0${each.day} ${String(each.hour).padStart(2, '0')}:00`),
        );
        const row = rowOf({ events });
        if (row.releaseSeconds === null) return;
        const parts = [row.declarantSeconds, row.agencySeconds, row.bankSeconds, row.customsSeconds];
        expect(parts.reduce((sum: number, part) => sum + (part ?? 0), 0)).toBe(row.releaseSeconds);
      }),
      { numRuns: 200 },
    );
  });

  it('names the officer of each role and keeps first, strictest and last lane', () => {
    const row = rowOf({ events: trail(), outcomes: outcomes() });
    expect(row).toMatchObject({
      assigner: 'chief',
      assigned: 'anna',
      examiner: 'anna',
      assessor: 'bert',
      rerouter: 'anna',
      releaser: 'carl',
      canceller: null,
      firstLane: 'red',
      strictestLane: 'red',
      lastLane: 'green',
      criterion: 'VAL-001',
      selected: 1,
      assignsManual: 1,
    });
  });

  it('knows the risk area of a criterion from the finding of the rule, and of no other criterion', () => {
    const checks = [
      check('03 08:00', [finding('VAL-001', { risk: 'security' }), finding('VAL-002', { risk: 'health' })]),
      check('03 09:00', [finding('VAL-002', { risk: 'health' })], { ordinal: 1 }),
    ];
    expect(rowOf({ events: trail(), checks }).risk).toBe('security');
    expect(rowOf({ events: trail(), checks: checks.slice(1) }).risk).toBeNull();
    const foreign = event('LANE', '03 08:00', null, { to: 'red', cause: 'criterion', criterion: 'C7' });
    expect(rowOf({ events: [foreign], checks })).toMatchObject({ criterion: 'C7', risk: null });
  });

  it('tells the day by the office’s clock, not by UTC', () => {
    const row = rowOf({ events: [event('REGISTER', '03 00:30'), event('ASSESS', '03 23:30', 'anna')] });
    expect(row.registeredAt).toBe('2026-03-02T23:30:00.000Z');
    expect(row.day).toBe('2026-03-03');
    expect(row.sameDay).toBe(1);
  });

  it('takes the acceptance day of a declaration that has no trail, and no time of it', () => {
    const row = rowOf({ versions: [version(1, 100, { acceptedAt: '2026-02-28' })] });
    expect(row).toMatchObject({ day: '2026-02-28', week: '2026-W09', registered: 1, registeredAt: null });
    expect(row.releaseSeconds).toBeNull();
  });

  it('follows the duty from declared to paid', () => {
    const row = rowOf({ events: trail() });
    expect(row).toMatchObject({
      currency: 'EUR',
      declared: 10_000,
      firstAssessed: 13_000,
      final: 13_000,
      paid: 13_000,
      correction: 3_000,
      corrected: 1,
      reversed: 0,
      instigator: 'anna', // examined and asked before bert assessed
    });
  });

  it('does not call an amendment a correction that the declarant made unasked', () => {
    const row = rowOf({
      events: [
        event('REGISTER', '03 08:00'),
        event('AMEND', '03 09:00', null, { role: 'declarant', taxBefore: euros(100), tax: euros(120) }),
        event('ASSESS', '03 10:00', 'anna', { tax: euros(120) }),
      ],
    });
    expect(row).toMatchObject({ correction: 0, corrected: 0, final: 12_000 });
  });

  it('credits no officer with what the system or the declarant did, whatever account the source names', () => {
    const { clearance, act } = rowsOf({
      events: [
        event('REGISTER', '03 08:00', 'broker', { role: 'declarant' }),
        event('ASSIGN', '03 08:10', 'engine', { role: 'system', to: 'anna', cause: 'engine' }),
        event('ASSESS', '03 10:00', 'engine', { role: 'system', tax: euros(100) }),
        event('RELEASE', '03 11:00', 'engine', { role: 'system' }),
        event('CANCEL', '03 12:00', 'broker', { role: 'declarant' }),
      ],
    });
    expect(clearance[0]).toMatchObject({
      assigner: null,
      assigned: 'anna',
      assessor: null,
      releaser: null,
      canceller: null,
      controller: null,
      amender: null,
    });
    expect(act.map(({ kind, officer }) => [kind, officer])).toEqual([['ASSIGN', null]]);
  });

  it('calls it a correction whoever typed it, once an officer had asked', () => {
    const row = rowOf({
      events: [
        event('REGISTER', '03 08:00'),
        event('QUERY', '03 08:30', 'anna'),
        event('AMEND', '03 09:00', null, { role: 'declarant', taxBefore: euros(100), tax: euros(120) }),
        event('ASSESS', '03 10:00', 'bert', { tax: euros(120) }),
      ],
    });
    expect(row).toMatchObject({ correction: 2_000, corrected: 1, instigator: 'anna' });
  });

  it('counts no correction that was taken back later', () => {
    const row = rowOf({
      events: [
        event('REGISTER', '03 08:00'),
        event('INSPECT', '03 09:00', 'anna'),
        event('ASSESS', '03 10:00', 'anna', { taxBefore: euros(100), tax: euros(150) }),
        event('AMEND', '05 10:00', 'bert', { taxBefore: euros(150), tax: euros(100) }),
      ],
    });
    expect(row).toMatchObject({
      correction: 0,
      corrected: 0,
      reversed: 5_000,
      amendmentsDown: 1,
      reopens: 1,
    });
  });

  it('reads corrections from versions where no event carries an amount', () => {
    const row = rowOf({
      versions: [version(1, 100), version(2, 140)],
      events: [event('REGISTER', '01 08:00'), event('INSPECT', '01 09:00', 'anna')],
    });
    expect(row).toMatchObject({ declared: 10_000, final: 14_000, correction: 4_000, instigator: 'anna' });
  });

  it('tells a control closed from a lane lowered before any control', () => {
    const register = event('REGISTER', '03 08:00');
    const lane = event('LANE', '03 08:00', null, { to: 'red', cause: 'criterion' });
    const down = (time: string, reason?: string) =>
      event('REROUTE', time, 'anna', {
        from: 'red',
        to: 'green',
        ...(reason === undefined ? {} : { reason }),
      });
    expect(rowOf({ events: [register, lane, down('03 09:00')] })).toMatchObject({
      reroutesDown: 1,
      reroutesDownUnreasoned: 1,
      reroutesClosed: 0,
    });
    expect(rowOf({ events: [register, lane, down('03 09:00', 'duplicate of D0')] })).toMatchObject({
      reroutesDown: 1,
      reroutesDownUnreasoned: 0,
    });
    expect(
      rowOf({ events: [register, lane, event('INSPECT', '03 08:30', 'anna'), down('03 09:00')] }),
    ).toMatchObject({ reroutesDown: 0, reroutesClosed: 1 });
    expect(
      rowOf({ events: [register, lane, event('REROUTE', '03 09:00', null, { from: 'yellow', to: 'blue' })] }),
    ).toMatchObject({ reroutesDown: 0, timeouts: 1 });
  });

  it('credits nobody with what the clock did, whoever the source names beside it', () => {
    const events = [
      event('REGISTER', '03 08:00'),
      event('LANE', '03 08:00', null, { to: 'yellow' }),
      event('REROUTE', '10 08:00', 'anna', { from: 'yellow', to: 'blue', cause: 'timeout' }),
    ];
    const { act, clearance } = rowsOf({ events });
    expect(act.filter(({ role }) => role === 'rerouter')).toEqual([]);
    expect(clearance[0]).toMatchObject({ timeouts: 1, reroutesDown: 0 });
  });

  it('counts final outcomes alone, and annulled ones as overturned', () => {
    const row = rowOf({
      outcomes: [
        outcome('03 10:00', { result: 'value', status: 'provisional' }),
        outcome('03 11:00', { result: 'hs', status: 'annulled' }),
        outcome('03 12:00', { result: 'origin' }),
      ],
    });
    expect(row).toMatchObject({ findings: 1, found: 1, accused: 2, overturned: 1, controlled: 1 });
  });

  it('shows an audit that found tax where the control had found nothing', () => {
    const row = rowOf({
      outcomes: [
        outcome('03 10:00'),
        outcome('20 10:00', { control: 'post-clearance', result: 'value', duty: euros(70) }),
      ],
    });
    expect(row).toMatchObject({ auditedConform: 1, auditTax: 7_000, found: 0 });
  });

  it('lets the last check speak and keeps what it replaced', () => {
    const rows = rowsOf({
      checks: [
        check('03 09:00', [finding('VAL-002')], { version: 2 }),
        check('03 08:00', [finding('VAL-001'), finding('RTE-001', { kind: 'conduct' })]),
      ],
    });
    expect(rows.clearance[0]).toMatchObject({ checked: 1, errors: 1, breaches: 0 });
    expect(rows.finding.map((row) => [row.rule, row.current])).toEqual([
      ['VAL-001', 0],
      ['RTE-001', 0],
      ['VAL-002', 1],
    ]);
  });

  it.each([
    ['CON-001', 'error', 1],
    // A warning may pass at registration, and still be a step that the releaser left out.
    ['CON-003', 'warning', 1],
    ['CON-013', 'warning', 1],
    ['CON-017', 'warning', 1],
    ['OWN-001', 'error', 1],
    // Neither was the releaser's to do.
    ['FMT-014', 'error', 0],
    ['CON-023', 'error', 0],
    ['CON-016', 'warning', 0],
  ] as const)(
    'takes %s, a conduct finding of class %s, for a breach of the release: %i',
    (rule, severity, breaches) => {
      const row = rowOf({
        events: [event('REGISTER', '03 08:00'), event('RELEASE', '03 09:00', 'emil')],
        checks: [check('03 09:00', [finding(rule, { kind: 'conduct', class: severity })])],
      });
      expect(row).toMatchObject({ breaches, breached: breaches });
    },
  );

  it('credits a lowered lane or duty to who lowered it, and to no officer where the trail names nobody', () => {
    const of = (officer: string | null) =>
      rowOf({
        events: [
          event('REGISTER', '03 08:00'),
          event('LANE', '03 08:00', null, { to: 'red', cause: 'criterion' }),
          event('REROUTE', '03 08:30', officer, { from: 'red', to: 'green', cause: 'discretionary-down' }),
          event('ASSESS', '03 09:00', 'anna', { tax: euros(100) }),
          event('AMEND', '03 10:00', officer, { taxBefore: euros(100), tax: euros(80) }),
        ],
      });
    expect(of('bert')).toMatchObject({
      reroutesDown: 1,
      downrouter: 'bert',
      amendmentsDown: 1,
      amender: 'bert',
    });
    expect(of(null)).toMatchObject({ reroutesDown: 1, amendmentsDown: 1 });
    expect([of(null).downrouter, of(null).amender]).toEqual([null, null]);
    const plain = rowOf({
      events: [
        event('REGISTER', '03 08:00'),
        event('LANE', '03 08:00', null, { to: 'red', cause: 'criterion' }),
        event('INSPECT', '03 08:30', 'carl'),
        event('ASSESS', '03 09:00', 'anna', { tax: euros(100) }),
      ],
    });
    expect(plain).toMatchObject({ downrouter: 'carl', amender: 'anna' });
  });

  it('takes no shadow finding for an error', () => {
    const row = rowOf({ checks: [check('03 09:00', [finding('VAL-001', { shadow: true })])] });
    expect(row).toMatchObject({ checked: 1, errors: 0, erroneous: 0 });
  });

  it('gives each person an act of his own and marks shared work', () => {
    const { act } = rowsOf({
      events: [
        event('REGISTER', '03 08:00'),
        event('INSPECT', '03 09:00', 'anna', { endedAt: '2026-03-03T08:45:00.000Z' }),
        event('INSPECT', '03 09:30', 'bert'),
      ],
      outcomes: [outcome('03 10:00', { officer: 'bert', result: 'quantity' })],
    });
    expect(act.map((row) => [row.officer, row.role, row.shared, row.found, row.seconds])).toEqual([
      ['anna', 'examiner', 1, 0, 45 * 60],
      ['bert', 'examiner', 1, 1, null],
    ]);
  });

  it('credits goods to their own item, and the dearest item to the declaration', () => {
    const rows = rowsOf({
      versions: [
        version(1, undefined, {
          items: [
            { number: 1, hs: '02071400', origin: 'BR', netMass: 500, cif: euros(900), taxTotal: euros(90) },
            { number: 2, hs: '85171300', origin: 'CN', netMass: 10, cif: euros(1000), taxTotal: euros(0) },
          ],
        }),
      ],
    });
    expect(rows.clearance[0]).toMatchObject({ chapter: '85', origin: 'CN', value: 190_000, declared: 9_000 });
    expect(rows.clearance_item.map((row) => [row.hs, row.value, row.tax])).toEqual([
      ['020714', 90_000, 9_000],
      ['851713', 100_000, 0],
    ]);
  });
});

describe('bins', () => {
  it('tell every value within one percent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 12 }), (value) => {
        expect(Math.abs(valueOfBin(binOf(value)!) - value) / value).toBeLessThanOrEqual(0.010_000_1);
      }),
      { numRuns: 500 },
    );
    expect(valueOfBin(binOf(0)!)).toBe(0);
    expect(binOf(-5)).toBeNull();
  });
});

describe('the calendar', () => {
  it.each([
    ['2025-12-29', '2026-W01'],
    ['2026-01-01', '2026-W01'],
    ['2027-01-01', '2026-W53'],
    ['2026-03-02', '2026-W10'],
  ])('puts %s into week %s', (day, week) => {
    expect(calendarOf(day).week).toBe(week);
  });
});
