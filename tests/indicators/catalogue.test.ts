import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { dimensionsOf } from '../../src/indicators/dimensions.ts';
import { indicatorsMarkdown } from '../../src/indicators/document.ts';
import { indicatorLints } from '../../src/indicators/lint.ts';
import { loadIndicators, loadIndicatorTexts, soundIndicators } from '../../src/indicators/load.ts';
import { plan, resolve } from '../../src/indicators/plan.ts';
import { tables } from '../../src/projections/fold.ts';
import { diagnosticLines } from '../../src/rules/diagnostic.ts';

const today = '2026-03-31';

describe('the indicators that are shipped', () => {
  const loaded = loadIndicators(today);

  it('are the 37 of the catalogue and the six tables', () => {
    const ids = [
      ...Array.from({ length: 37 }, (_, i) => `I${String(i + 1).padStart(2, '0')}`),
      ...Array.from({ length: 6 }, (_, i) => `T${String(i + 1).padStart(2, '0')}`),
    ];
    expect([...loaded.definitions.keys()]).toEqual(ids);
  });

  it('have nothing wrong with them', () => {
    expect(loaded.diagnostics.map(diagnosticLines)).toEqual([]);
  });

  it('compile to queries by every dimension, alone and with the month, on columns that exist', () => {
    for (const definition of loaded.definitions.values()) {
      const known = new Set(Object.keys(tables[definition.table].spec.columns));
      for (const dimension of dimensionsOf(definition)) {
        for (const by of [[dimension], [dimension, 'month']]) {
          if (dimension === 'month' && by.length === 2) continue;
          for (const { query } of plan(resolve(definition, { by }, today))) {
            expect(query.groupBy?.filter((column) => !known.has(column))).toEqual([]);
          }
        }
      }
    }
  });

  it('name a counter-indicator wherever more or less is better', () => {
    const without = [...loaded.definitions.values()]
      .filter(
        ({ direction, counter }) => (direction === 'up' || direction === 'down') && counter === undefined,
      )
      .map(({ id }) => id);
    // Times and stocks of traders, and what no officer can push.
    expect(without).toEqual(['I09', 'I10', 'I25', 'I26', 'I33', 'I36']);
  });

  it('tell officers apart from nothing but work that their role did', () => {
    for (const definition of loaded.definitions.values()) {
      if (definition.dimensions.includes('officer')) expect(definition.role, definition.id).toBeDefined();
    }
    expect(loaded.definitions.get('I04')?.dimensions).not.toContain('officer');
  });
});

describe('docs/indicators.md', () => {
  it('is what the definitions say (UPDATE_DOCS=1 writes it)', () => {
    const file = fromRoot('docs', 'indicators.md');
    const text = indicatorsMarkdown(soundIndicators(undefined, today).definitions.values());
    if (process.env.UPDATE_DOCS === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('an indicator file that is wrong', () => {
  const good = readFileSync(fromRoot('profiles', 'indicators', 'I05-same-day.yaml'), 'utf8');
  const rest = loadIndicators(today);
  const lint = (text: string) => {
    const texts = new Map(rest.files.map((file) => [file, readFileSync(file, 'utf8')]));
    const file = rest.files.find((each) => each.endsWith('I05-same-day.yaml'))!;
    texts.set(file, text);
    return loadIndicatorTexts(texts, today).diagnostics;
  };
  const change = (from: string | RegExp, to: string) => {
    const changed = good.replace(from, to);
    expect(changed).not.toBe(good);
    return lint(changed);
  };

  it.each([
    ['IN001', 'class: performance', 'class: excellent', 'class'],
    ['IN001', 'unit: percent', 'unit: parsecs', 'unit'],
    ['IN001', 'method: proportion', 'method: guess', 'method'],
    ['IN001', 'minimum: {', 'minimum: { { ', 'YAML'],
    ['IN003', 'sameDay = 1', 'sameDays = 1', 'sameDays'],
    ['IN003', 'registered = 1', 'registered = yes', 'whole number'],
    ['IN004', '{ where: [sameDay = 1] }', '{ sum: office }', 'cannot be added up'],
    ['IN005', 'role: assessor\n', '', 'whose work'],
    ['IN005', '[office, section, officer, lane', '[office, section, officer, rule', 'rule is no dimension'],
    ['IN006', 'counter: I20', 'counter: I99', 'I99'],
    ['IN008', '2027-06-30', '2020-06-30', 'review was due'],
    ['IN011', 'n: 30', 'n: 3', 'few to compare'],
  ])('is told %s where "%s" becomes "%s"', (code, from, to, words) => {
    const found = change(from, to);
    expect(found.map((each) => each.code)).toContain(code);
    const complaint = found.find((each) => each.code === code)!;
    expect(complaint.place.file).toContain('I05-same-day.yaml');
    expect(complaint.place.line).toBeGreaterThan(0);
    if (words !== 'YAML') expect(diagnosticLines(complaint)).toContain(words);
  });

  it('is told that a text is missing in French', () => {
    const found = change(
      /title: \{ en: Assessed the same day, fr: .* \}/,
      'title: { en: Assessed the same day }',
    );
    expect(found.map((each) => each.code)).toEqual(['IN007']);
  });

  it('is told that two figures have one name, and that a target names none', () => {
    const target =
      'target: { figure: shore, objective: { en: fast, fr: vite }, start: 50, desired: 85, deadline: 2027-01-01, owner: chief }\n';
    expect(lint(`${good}${target}`).map((each) => each.code)).toEqual(['IN009']);
  });

  it('is told that a target needs a counter-indicator', () => {
    const target =
      'target: { figure: share, objective: { en: fast, fr: vite }, start: 50, desired: 85, deadline: 2027-01-01, owner: chief }\n';
    expect(lint(good.replace('counter: I20\n', '') + target).map((each) => each.code)).toEqual(['IN006']);
  });

  it('is told that revenue is no officer’s merit', () => {
    const found = lint(
      good.replace(
        / {2}- id: share[\s\S]*?(?=dimensions)/,
        '  - { id: tax, title: { en: Duty, fr: Droits }, unit: money, method: total, of: { sum: final } }\n',
      ),
    );
    expect(found.map((each) => each.code)).toEqual(['IN010']);
  });

  it('is told that another file has its id', () => {
    expect(change('id: I05', 'id: I06').map((each) => each.code)).toContain('IN002');
  });

  it('keeps the others from being used no longer than it is wrong', () => {
    expect(() => soundIndicators(fromRoot('package.json'), today)).toThrow(/refused/);
    expect(soundIndicators(undefined, today).definitions.size).toBe(43);
  });

  it('finds a lint for each code', () => {
    expect(new Set(indicatorLints.map(({ code }) => code)).size).toBe(indicatorLints.length);
  });
});
