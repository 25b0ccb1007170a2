/** The report's own words, in its languages. */
import type { Definition, Unit } from '../../definition.ts';
import type { Language } from '../../show.ts';

export const words = {
  en: {
    title: 'Monthly report',
    colon: ':',
    formula: 'How it is counted',
    before: 'Year before',
    limits: '95 % limits',
    state: 'State',
    flags: 'Asks for a look',
    none: 'Nothing asks for a look.',
    changes: 'Changed since edition',
    notVerdict: 'A flag is not a verdict: it says that somebody should look.',
    behind: 'Each n links to the declarations behind its figure, each value of the overview as well.',
    few: '“Insufficient data” is a result, not a zero',
    page: 'Version',
    counter: 'Read beside',
    rest: (shown: number, all: number) =>
      `${shown} of ${all} rows: those that ask for a look and the largest.`,
    more: (count: number) => `and ${count} more`,
    empty: 'There is nothing of it in this month.',
    overview: 'At a glance',
    oneOfEach: 'One figure of each indicator',
    indicator: 'Indicator',
    monthBefore: 'Month before',
    months: 'Thirteen months',
    changed: 'Changed',
    runs: 'The month is not over: these figures will change, and are not frozen.',
    units: { percent: '%' },
  },
  fr: {
    title: 'Rapport mensuel',
    colon: '\u00a0:',
    formula: 'Mode de calcul',
    before: 'Année précédente',
    limits: 'Limites à 95 %',
    state: 'État',
    flags: 'À regarder de plus près',
    none: 'Rien n’appelle un examen.',
    changes: 'Modifié depuis l’édition',
    notVerdict: 'Un signal n’est pas un verdict : il dit que quelqu’un doit regarder.',
    behind: 'Chaque n mène aux déclarations derrière son chiffre, chaque valeur de l’aperçu aussi.',
    few: '« Données insuffisantes » est un résultat, non un zéro',
    page: 'Version',
    counter: 'À lire avec',
    rest: (shown: number, all: number) =>
      `${shown} lignes sur ${all} : celles à regarder et les plus grandes.`,
    more: (count: number) => `et ${count} autres`,
    empty: 'Il n’y en a pas ce mois-ci.',
    overview: 'Aperçu',
    oneOfEach: 'Un chiffre par indicateur',
    indicator: 'Indicateur',
    monthBefore: 'Mois précédent',
    months: 'Treize mois',
    changed: 'Modifié',
    runs: 'Le mois n’est pas terminé : ces chiffres changeront et ne sont pas figés.',
    units: {
      count: 'nombre',
      percent: '%',
      'per 100': 'pour 100',
      hours: 'heures',
      days: 'jours',
      index: 'indice',
    },
  },
} as const;

/** A unit behind a title; amounts carry their currency with each value. */
export function unitText(unit: Unit, language: Language): string {
  if (unit === 'money') return '';
  return ` (${(words[language].units as Record<string, string>)[unit] ?? unit})`;
}

export const headingOf = (definition: Definition, language: Language): string =>
  `${definition.id} ${definition.title[language] ?? definition.title.en ?? ''}`.trim();

export const states: Record<string, { fr: string }> = {
  'consistent with peers': { fr: 'conforme aux pairs' },
  'look closer': { fr: 'à regarder de plus près' },
  'insufficient data': { fr: 'données insuffisantes' },
  'not applicable': { fr: 'sans objet' },
};
