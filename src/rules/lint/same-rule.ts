/** RL404: two rules that say the same count every case twice. */
import type { Book, Lint, Subject } from './lint.ts';
import { normalForm } from './normal-form.ts';
import { isRecord } from './tree.ts';

const forms = new WeakMap<Book, Map<string, Subject[]>>();

/** All rules of the book by what they say, worked out once a book. */
function formsOf(book: Book): Map<string, Subject[]> {
  const there = forms.get(book);
  if (there !== undefined) return there;
  const map = new Map<string, Subject[]>();
  for (const subject of book.subjects) {
    if (subject.kind !== 'rule' || (subject.raw.status !== 'active' && subject.raw.status !== 'shadow'))
      continue;
    const form = normalForm(subject, book.shared);
    if (form !== '') map.set(form, [...(map.get(form) ?? []), subject]);
  }
  forms.set(book, map);
  return map;
}

const prefix = (value: unknown): string => String(value).replace(/\*$/, '');
const prefixed = new Set(['procedure', 'hs']);

/** True where no declaration can meet both. */
function disjoint(a: unknown, b: unknown): boolean {
  if (!isRecord(a) || !isRecord(b)) return false;
  const outside = (from: unknown, to: unknown) =>
    typeof from === 'string' && typeof to === 'string' && to < from;
  if (outside(a.from, b.to) || outside(b.from, a.to)) return true;
  return Object.keys(a).some((key) => {
    const [one, other] = [a[key], b[key]];
    if (!Array.isArray(one) || !Array.isArray(other)) return false;
    const meet = (x: unknown, y: unknown) =>
      prefixed.has(key) ? prefix(x).startsWith(prefix(y)) || prefix(y).startsWith(prefix(x)) : x === y;
    return !one.some((x) => other.some((y) => meet(x, y)));
  });
}

export const sameRule: Lint = {
  code: 'RL404',
  name: 'same-rule',
  severity: 'error',
  finds: 'two rules in force or in shadow that say the same of the same declarations',
  about: 'rules',
  *check(subject, book) {
    for (const group of formsOf(book).values()) {
      const at = group.indexOf(subject);
      const other = group
        .slice(0, Math.max(0, at))
        .find((earlier) => !disjoint(earlier.raw.applies, subject.raw.applies));
      if (other === undefined) continue;
      yield {
        path: ['conditions'],
        part: 'key',
        message: `it says the same as ${other.id ?? 'a rule'} in ${other.source.file}`,
        fix: 'Keep one of them and retire the other; or let their `applies` part the declarations between them.',
      };
    }
  },
};
