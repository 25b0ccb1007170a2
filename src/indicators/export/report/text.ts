/** Values, limits, states and keys as text of an HTML page. Rounded by ../../show.ts, in the language's signs. */
import { type Language, shownValue } from '../../show.ts';
import type { FigureValue } from '../../telling.ts';
import { states, words } from './words.ts';

export const plain = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Digits in threes, with a space that does not break. */
const inThrees = (text: string): string => text.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, '\u202f');

export const value = (
  figure: FigureValue,
  language: Language,
  of: number | null | undefined = figure.value,
): string => {
  const text = shownValue(figure, of);
  if (text === '') return '–';
  const told = figure.unit === 'money' ? `${inThrees(text)} ${figure.currency ?? ''}`.trim() : text;
  return plain(language === 'fr' ? told.replace('.', ',') : told);
};

/** Without an upper limit: at least the lower one. */
export const limitsText = (figure: FigureValue, language: Language): string => {
  if (figure.limits === undefined) return '';
  const [low, high] = figure.limits;
  const least = value(figure, language, low);
  return high === null ? `≥ ${least}` : `${least} – ${value(figure, language, high)}`;
};

export const stateText = (state: string | undefined, language: Language): string =>
  state === undefined ? '' : plain(language === 'fr' ? (states[state]?.fr ?? state) : state);

/** A value that fits over a bar: long amounts in thousands, millions and so on, without their currency. */
export function barText(figure: FigureValue, language: Language): string {
  if (figure.unit !== 'money' && figure.unit !== 'count') return value(figure, language);
  const shown = shownValue(figure, figure.value);
  const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 });
  return shown === '' ? '–' : plain(compact.format(Number(shown)));
}

/** A value beside those of other indicators: amounts as over a bar, with their currency. */
export function briefText(figure: FigureValue, language: Language): string {
  if (figure.unit !== 'money' || figure.value === null) return value(figure, language);
  return `${barText(figure, language)} ${plain(figure.currency ?? '')}`.trim();
}

export const keyText = (key: readonly (string | null)[]): string => key.map((part) => part ?? '–').join(', ');

/** Things that fit a paragraph. */
const mostListed = 25;

/** Things in a row, no more than fit a paragraph. */
export function listed<T>(things: readonly T[], text: (thing: T) => string, language: Language): string {
  const some = things.slice(0, mostListed).map((thing) => plain(text(thing)));
  const more = things.length - some.length;
  return [...some, ...(more > 0 ? [words[language].more(more)] : [])].join('; ');
}
