/** The French of the rules: nothing left in English, the same values in both messages, signs set as French sets them. */
import { expect, it } from 'vitest';
import { catalogueRules } from './rulebook.ts';

const texts = catalogueRules.flatMap(({ id, title, purpose, message }) =>
  Object.entries({ title, purpose, message }).map(([member, { en, fr }]) => ({
    where: `${id} ${member}`,
    en: en!,
    fr: fr!,
  })),
);
/** Without values and the words that follow their number. */
const prose = (text: string): string => text.replace(/\{[^}]*\}/g, '');
const valuesIn = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{([\w.]+)/g)].map(([, name]) => name!))].sort();
/** Words of English that are none of French. */
const english = /\b(the|and|of|is|are|was|were|with|without|not|which|that|from|to|by|than|has|have)\b/i;

it('is French', () => {
  expect(texts.filter(({ fr }) => english.test(prose(fr))).map(({ where, fr }) => `${where}: ${fr}`)).toEqual(
    [],
  );
  expect(texts.filter(({ en, fr }) => en === fr)).toEqual([]);
});

it('shows the values that the English shows', () => {
  expect(
    texts
      .filter(({ en, fr }) => valuesIn(en).join() !== valuesIn(fr).join())
      .map(({ where, en, fr }) => ({ where, en: valuesIn(en), fr: valuesIn(fr) })),
  ).toEqual([]);
});

it('has a space before colons and semicolons', () => {
  expect(
    texts.filter(({ fr }) => /\S[;:](\s|$)/.test(prose(fr))).map(({ where, fr }) => `${where}: ${fr}`),
  ).toEqual([]);
});
