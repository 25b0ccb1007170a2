/**
 * The proof that no text of a message is lost: every text is replaced by a mark of its own - a number where a number
 * stood - the message is mapped, and marks that are nowhere in the result are answered.
 */
import { major } from '../../src/declaration/money.ts';
import { decodeText, openInput } from '../../src/intake/input.ts';
import { defaultLimits } from '../../src/intake/limits.ts';
import { parseXml, type XmlElement } from '../../src/intake/xml.ts';
import { valuesOf } from './texts.ts';

/** Amounts of money in a value, in major units. */
function amountsIn(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  const { amount, currency } = value as { amount?: unknown; currency?: unknown };
  if (typeof amount === 'number' && typeof currency === 'string') return [major({ amount, currency })];
  return Object.values(value).flatMap(amountsIn);
}

export interface Marked {
  count: number;
  lost: string[];
}

const usDate = /^\d{1,2}\/\d{1,2}\/\d{2,4}$/;

/** `spared`: paths whose text decides how the message is read or stands for itself in another shape. */
export async function lostMarks(
  bytes: Uint8Array,
  map: (root: XmlElement) => unknown,
  spared: (path: string) => boolean,
): Promise<Marked> {
  const opened = await openInput(bytes);
  const root = await parseXml(decodeText(opened.bytes, opened.encoding), defaultLimits);
  const marks: { path: string; written: string; read: string | number }[] = [];
  const markAll = (element: XmlElement, path: string): void => {
    const text = element.text.trim();
    if (text !== '' && !spared(path)) {
      const ordinal = marks.length;
      if (usDate.test(text)) {
        const day = new Date(Date.UTC(1971, 0, 1 + ordinal)).toISOString().slice(0, 10);
        element.text = `${day.slice(5, 7)}/${day.slice(8)}/${day.slice(0, 4)}`;
        marks.push({ path, written: element.text, read: day });
      } else {
        element.text = Number.isFinite(Number(text)) ? String(700_000 + ordinal) : `m${ordinal}z`;
        marks.push({ path, written: element.text, read: Number(element.text) });
      }
    }
    for (const inner of element.children) markAll(inner, path === '' ? inner.key : `${path}/${inner.key}`);
  };
  markAll(root, '');
  const result = map(root);
  const values = valuesOf(result);
  const whole = values.join('\n');
  const numbers = new Set([...values.map(Number), ...amountsIn(result)]);
  const lost = marks.filter(
    ({ written, read }) =>
      !whole.includes(typeof read === 'string' ? read : written) && !numbers.has(Number(read)),
  );
  return { count: marks.length, lost: lost.map(({ path, written }) => `${path}: ${written}`) };
}
