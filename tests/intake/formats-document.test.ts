import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';
import { identityTable } from '../../src/intake/identity.ts';
import { notifications, requests } from '../../src/intake/wco/answer.ts';

const text = readFileSync(fromRoot('docs', 'formats.md'), 'utf8');

describe('docs/formats.md', () => {
  it.each(Object.keys(identityTable))('names what identifies %s', (format) =>
    expect(text).toContain(`\`${format}\``),
  );

  it.each(Object.entries(notifications))('says what notification %s becomes', (code, { name, events }) => {
    const row = text.split('\n').find((line) => line.startsWith('|') && line.includes(`${code} ${name}`));
    expect(row).toBeDefined();
    for (const { kind } of events) expect(row).toContain(kind);
  });

  it.each(Object.entries(requests))('says what message %s becomes', (type, { kind }) => {
    expect(text.split('\n').find((line) => line.startsWith(`| ${type} `))).toContain(kind);
  });
});
