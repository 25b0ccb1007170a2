/** The profile XX against the tables of decisions.md, which an analyst reads and extends. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/engine/finding.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import type { Counts } from '../../src/selectivity/counts.ts';
import { decide } from '../../src/selectivity/decide.ts';
import { lintProfile } from '../../src/selectivity/lint.ts';
import { loadProfile } from '../../src/selectivity/profile.ts';

const profile = loadProfile(fromRoot('profiles', 'selectivity', 'XX.yaml'));

interface Table {
  title: string;
  rows: Record<string, string>[];
}

function tablesOf(markdown: string): Table[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const cells = section
        .split('\n')
        .filter((line) => line.startsWith('|') && !line.startsWith('|---'))
        .map((line) =>
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        );
      const [head = [], ...body] = cells;
      return {
        title: section.slice(0, section.indexOf('\n')),
        rows: body.map((row) => Object.fromEntries(head.map((name, column) => [name, row[column] ?? '']))),
      };
    });
}

/** `red! 5 security (shadow)` */
function findingOf(text: string, index: number): Finding {
  const [, lane, points, risk, remark] = /^(?:(\w+)! )?(\d+) (\w+)(?: \((\w+)\))?$/.exec(text)!;
  return {
    rule: `TST-00${index + 1}`,
    version: 1,
    kind: remark === 'conduct' ? 'conduct' : 'risk',
    class: 'risk',
    risk: risk as Finding['risk'],
    audience: 'analyst',
    weight: Number(points),
    ...(lane === undefined ? {} : { lane }),
    ...(remark === 'shadow' ? { shadow: true } : {}),
    message: { en: text },
    values: {},
    explanation: { all: [], result: true },
  };
}

/** `n 100, red 2, yellow 20, today: red 40, free 3` */
function countsOf(text: string): Counts | undefined {
  if (text === '') return undefined;
  const lanes: Record<string, number> = {};
  const today: Record<string, number> = {};
  let declared = 0;
  let unselected = 0;
  for (const part of text.split(', ')) {
    if (part.startsWith('today: '))
      for (const [, lane, count] of part.matchAll(/(\w+) (\d+)/g)) today[lane!] = Number(count);
    else {
      const [name, count] = part.split(' ');
      if (name === 'n') declared = Number(count);
      else if (name === 'free') unselected = Number(count);
      else lanes[name!] = Number(count);
    }
  }
  return { declared, lanes, today, unselected };
}

const listOf = (text: string | undefined): string[] =>
  text === undefined || text === '' ? [] : text.split(', ');
const numberOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text);

const tables = tablesOf(readFileSync(new URL('decisions.md', import.meta.url), 'utf8'));

it('there are tables to be held to', () => {
  expect(tables.map(({ rows }) => rows.length).every((count) => count > 3)).toBe(true);
  expect(tables.length).toBeGreaterThan(6);
});

describe.each(tables)('$title', ({ rows }) => {
  it.each(
    rows.map((row, index) => [index + 1, Object.values(row).filter(Boolean).join(' | '), row] as const),
  )('row %i: %s', (_, __, row) => {
    const { reasons, lane } = decide(profile, listOf(row.findings).map(findingOf), {
      office: row.office,
      flow: row.flow!,
      draw: numberOf(row.draw),
      lot: numberOf(row.lot),
      programmes: listOf(row.programme),
      counts: countsOf(row.before ?? ''),
      earlierLane: row.earlier || undefined,
      inheritedLane: row.inherited || undefined,
    });
    const told = reasons.map(
      ({ kind, lane, lowered }) => `${kind} ${lowered === undefined ? lane : `${lowered}→${lane}`}`,
    );
    expect({ lane, reasons: told.join(', ') }).toEqual({ lane: row.lane, reasons: row.reasons });
  });
});

it.each(['XX', 'default'])('the shipped profile %s has nothing a lint complains of', (name) => {
  const { profile: content } = loadProfile(fromRoot('profiles', 'selectivity', `${name}.yaml`));
  expect(lintProfile(content, { today: '2026-11-21' })).toEqual([]);
});
