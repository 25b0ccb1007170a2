/** What is unusual and lawful is no error, and no word on anybody's conduct. */
import { expect, it } from 'vitest';
import { cleanDeclaration } from '../facts/clean.ts';
import { findingsOf } from './judge.ts';
import { allowed, lawful } from './lawful.ts';
import { catalogueRules } from './rulebook.ts';

/** Of people: rules of risk weigh, and never alone. */
const accuses = new Set(['conduct', 'system']);
const kinds = new Map(catalogueRules.map(({ id, kind }) => [id, kind]));

it.each(lawful.map((one) => [one.is, one] as const))(
  '%s',
  async (_, { declaration, trail, known, warns = [] }) => {
    const clean = JSON.parse(JSON.stringify((declaration ?? ((same) => same))(cleanDeclaration())));
    const country = { ...known, lists: [...allowed, ...(known?.lists ?? [])] };
    const found = await findingsOf({ known: country, ...(trail && { trail }) }, clean);
    const accused = [...found]
      .filter(([rule, severity]) => severity === 'error' || accuses.has(kinds.get(rule)!))
      .map(([rule, severity]) => `${rule} (${severity}, ${kinds.get(rule)})`)
      .filter((one) => !warns.includes(one.split(' ')[0]!));
    expect(accused).toEqual([]);
    expect(warns.filter((rule) => !found.has(rule))).toEqual([]);
  },
);
