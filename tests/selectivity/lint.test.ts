/** Lints of a profile: each raised by a change to a sound one, at its place; docs/selectivity.md lists them all. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lintProfileFile } from '../../src/cli/selectivity.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { profileLints } from '../../src/selectivity/lint.ts';
import { profileComplaints } from '../../src/selectivity/profile.ts';

const against = {
  today: '2026-11-21',
  rules: [{ id: 'PRO-001', lane: 'red' }, { id: 'PRO-002', lane: 'red' }, { id: 'CON-002' }],
};
const text = readFileSync(fromRoot('profiles', 'selectivity', 'XX.yaml'), 'utf8');
const sound = () => parse(text) as Record<string, unknown> & { lanes: Record<string, unknown>[] };

/** By code: a change to the profile XX, and where it is told of. */
const wrong: Record<string, [change: Record<string, unknown>, pointer: string]> = {
  SP000: [{ colour: 'red' }, '/colour'],
  SP001: [{ maximumHits: { count: 3, lane: 'purple' } }, '/maximumHits/lane'],
  SP002: [
    { lanes: sound().lanes.map((lane) => (lane.code === 'green' ? { ...lane, strictness: 1 } : lane)) },
    '/lanes',
  ],
  SP003: [
    {
      expected: [
        { lane: 'red', rate: 0.6 },
        { lane: 'yellow', rate: 0.6 },
      ],
    },
    '/expected',
  ],
  SP004: [
    {
      thresholds: [
        { lane: 'yellow', from: 30 },
        { lane: 'yellow', from: 40 },
      ],
    },
    '/thresholds/1/lane',
  ],
  SP005: [{ capacity: [{ lane: 'yellow', perDay: 3, instead: 'red' }] }, '/capacity/0/instead'],
  SP006: [
    {
      thresholds: [
        { lane: 'red', from: 30 },
        { lane: 'yellow', from: 70 },
      ],
    },
    '/thresholds',
  ],
  SP007: [{ random: [] }, '/random'],
  SP008: [{ expected: [{ lane: 'red', rate: 0.01 }] }, '/expected/0/rate'],
  SP009: [{ overrides: [{ office: ['XXA1'] }] }, '/overrides/0'],
  SP010: [{ fallback: 'green' }, '/fallback'],
  SP011: [{ title: { en: 'Administration XX' } }, '/title'],
  SP012: [{ review: '2026-01-01' }, '/review'],
  SP013: [{ criteria: [{ rule: 'PRO-02', rate: 0.5 }] }, '/criteria/0/rule'],
  SP014: [{ timeZones: { XXB2: 'Africa/Nairoby' } }, '/timeZones/XXB2'],
  SP015: [{ maximumHits: { count: 3, lane: 'green' } }, '/maximumHits/lane'],
  // The lane that PRO-001 and PRO-002 force.
  SP016: [JSON.parse(JSON.stringify(sound()).replaceAll('"red"', '"examined"')), '/lanes'],
};

describe('lints of a profile', () => {
  it.each(Object.entries(wrong))(
    '%s is raised by its change alone, at its place',
    (code, [change, pointer]) => {
      const found = profileComplaints({ ...sound(), ...change }, against);
      expect(found.map((one) => [one.code, one.pointer])).toEqual([[code, pointer]]);
      expect(found[0]!.fix).toMatch(/[.?]$/);
    },
  );

  it('each have an example here', () => {
    expect(Object.keys(wrong)).toEqual(['SP000', ...profileLints.map(({ code }) => code)]);
  });

  it('tell of an override that a later one makes idle', () => {
    const found = profileComplaints(
      {
        ...sound(),
        overrides: [
          { office: ['XXA1'], mode: 'advise' },
          { office: ['XXA1', 'XXB2'], mode: 'decide' },
        ],
      },
      against,
    );
    expect(found.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual(['SP009 /overrides/0']);
  });

  it.each([
    ['SP004 /criteria/1/rule', { criteria: [1, 0.5].map((rate) => ({ rule: 'PRO-001', rate })) }],
    ['SP006 /thresholds', { thresholds: ['yellow', 'red'].map((lane) => ({ lane, from: 30 })) }],
    ['SP015 /random/0/lane', { random: [{ lane: 'green', rate: 0.1 }] }],
    ['SP015 /thresholds/0/lane', { default: 'yellow', random: [], thresholds: [{ lane: 'blue', from: 1 }] }],
  ])('tell %s of %j', (place, change) => {
    const found = profileComplaints({ ...sound(), expected: [], ...change }, against);
    expect(found.map(({ code, pointer }) => `${code} ${pointer}`)).toContain(place);
  });

  it('name the member where the schema is broken', () => {
    const told = (change: Record<string, unknown>) =>
      profileComplaints({ ...sound(), ...change }, against).map(({ message, fix }) => `${message}: ${fix}`);
    expect(told({ random: [{ lane: 'red', rate: '5%' }] })).toEqual([
      'random/0/rate must be number: Write it as schemas/selectivity-profile.json says; editors check it while you type.',
    ]);
    expect(told({ threshold: [] })).toEqual(["it has no member 'threshold': Did you mean `thresholds`?"]);
  });

  const percentages = (rule: string) =>
    profileComplaints(
      { ...sound(), overrides: [{ office: ['XXA1'], criteria: [{ rule, rate: 0.5 }] }] },
      against,
    );

  it.each([
    ['PRO-02', 'there is no rule "PRO-02"', 'Did you mean `PRO-002`?'],
    ['CON-02', 'there is no rule "CON-02"', 'Known are: PRO-001, PRO-002.'],
    [
      'CON-002',
      'rule "CON-002" forces no lane, so its percentage says nothing',
      'Name a rule of the rulebook that has a `lane`, or take the entry out.',
    ],
  ])('say of the percentage of %s: %s', (rule, message, fix) => {
    expect(percentages(rule)).toEqual([
      { code: 'SP013', severity: 'warning', pointer: '/overrides/0/criteria/0/rule', message, fix },
    ]);
  });

  it('say nothing of a rule that forces a lane, nor of any where the rules are not known', () => {
    expect(percentages('PRO-001')).toEqual([]);
    expect(profileComplaints({ ...sound(), criteria: [{ rule: 'PRO-02', rate: 0.5 }] }, {})).toEqual([]);
  });

  it('name file, line and column', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'profile-')), 'own.yaml');
    writeFileSync(file, text.replace('count: 25, lane: yellow', 'count: 25, lane: purple'));
    const [found] = lintProfileFile(file, against);
    const line = text.split('\n').findIndex((each) => each.startsWith('maximumHits')) + 1;
    expect(found).toMatchObject({ code: 'SP001', place: { file, line, column: 27 } });
  });
});

it('docs/selectivity.md lists them', async () => {
  const file = fromRoot('docs', 'selectivity.md');
  const page = readFileSync(file, 'utf8');
  const begin = page.indexOf('| SP000');
  const rows = profileLints.map(({ code, severity, about }) => `| ${code} | ${severity} | ${about} |`);
  const listed = ['| SP000 | error | the file is as the schema says |', ...rows, ''].join('\n');
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, page.slice(0, begin) + listed);
  expect(readFileSync(file, 'utf8').slice(begin)).toBe(listed);
});
