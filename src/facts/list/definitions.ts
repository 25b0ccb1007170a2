/** Facts on lists: a value of the declaration looked up as of its day. What is looked up is named by `of`, a fact. */
import { called } from '../called.ts';
import type { FactDefinition } from '../model.ts';

const list = ['list', 'text', 'id of the list'] as const;
const of = [
  'of',
  'text',
  'fact whose value is looked up; several joined by + are looked up together as parts of one key',
] as const;
const column = ['column', 'text', 'which value of the entry'] as const;

const rows = (scope: 'declaration' | 'item', prefix: string): readonly FactDefinition[] =>
  called('list', scope, [
    [
      `${prefix}.found`,
      'list<text>',
      'none',
      'values that are on the list',
      'valeurs qui sont sur la liste',
      'values of the fact with an entry valid on the day of the declaration; names from a likeness of 0.9; missing where the list is not there',
      [list, of],
    ],
    [
      `${prefix}.absent`,
      'list<text>',
      'none',
      'values that are not on the list',
      'valeurs qui ne sont pas sur la liste',
      'values of the fact without such an entry, leading noughts of numbers aside; missing unless the list says that it is complete',
      [list, of],
    ],
    [
      `${prefix}.lapsed`,
      'list<text>',
      'none',
      'values that are on the list for other days alone',
      "valeurs qui ne sont sur la liste que pour d'autres jours",
      'values of the fact with an entry, and none valid on the day of the declaration; missing where the list is not there',
      [list, of],
    ],
    [
      `${prefix}.score`,
      'number',
      'score',
      'likeness of the best entry, 0 to 1',
      'ressemblance de la meilleure entrée, de 0 à 1',
      'Jaro-Winkler by words without legal forms, weighted by length; 1 for exact and prefix lists; words of four letters that differ count half',
      [list, of],
    ],
    [
      `${prefix}.nearest`,
      'text',
      'none',
      'the best entry, its score, the words that agree, and its Admiralty grade',
      'la meilleure entrée, son score, les mots qui concordent et sa cotation (code Amirauté)',
      'entry of the highest likeness',
      [list, of],
    ],
    [
      `${prefix}.grade`,
      'text',
      'none',
      'Admiralty grade of the best entry',
      'cotation (code Amirauté) de la meilleure entrée',
      'A1 to F6 as its source was graded',
      [list, of],
    ],
    [
      `${prefix}.value`,
      'text',
      'none',
      'a value that the entry carries',
      "une valeur portée par l'entrée",
      'column of the entry; missing where there is no entry',
      [list, of, column],
    ],
    [
      `${prefix}.number`,
      'number',
      'none',
      'a number that the entry carries',
      "un nombre porté par l'entrée",
      'column of the entry; missing where there is no entry',
      [list, of, column],
    ],
  ]);

export const listFacts: readonly FactDefinition[] = [
  ...rows('declaration', 'list'),
  ...rows('item', 'item.list'),
];
