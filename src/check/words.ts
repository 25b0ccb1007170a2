/**
 * Words on one act of control: found, then appealed, annulled, confirmed. Each is kept with the moment at which it was
 * recorded, so that who looks back sees what stood then; of those that are known the last one stands.
 */
import type { Outcome } from '../declaration/trail.ts';
import { contentHash } from '../ground/canonical.ts';

type Said = Pick<Outcome, 'status' | 'verdict' | 'result' | 'duty' | 'fine' | 'seizure'>;
type Word = Pick<Outcome, 'control' | 'item' | 'rule' | 'at' | 'id' | 'status' | 'result'>;

/** Between what tells an act its source numbers, and what was said of it. */
const said = '~word-';

/** What makes another word of it; a reason that is told later does not. */
export const wordOf = ({ status, verdict, result, duty, fine, seizure }: Said): string =>
  said + contentHash({ status, verdict, result, duty, fine, seizure }).slice(0, 12);

/** The word at the end of an id, empty where its source numbers no acts or an earlier release kept it. */
export const wordIn = (id: string): string => (id.includes(said) ? id.slice(id.indexOf(said)) : '');

/** The act as its source numbers it. An earlier release kept the number alone, which no other act bears. */
export const numberedAct = (id: string): string => id.split(said)[0]!;

/**
 * Of each act the last word, in the order given. What its source does not number is known by what was done when; two results
 * of one control stand beside each other there.
 * @param docs in the order in which they were told
 */
export function lastWords<T extends Word>(docs: readonly T[]): T[] {
  if (docs.length < 2) return [...docs];
  const numbered = new Map<string, T>();
  const unnumbered = new Map<string, T>();
  const replaced = new Set<T>();
  for (const doc of docs) {
    const { id, control, item, rule, at } = doc;
    const act = id === undefined ? undefined : numberedAct(id);
    const natural = `${control}|${item ?? ''}|${rule ?? ''}|${at}`;
    let before = act === undefined ? undefined : numbered.get(act);
    if (before === undefined && (id === undefined || wordIn(id) === '')) {
      const same = unnumbered.get(natural);
      if (same !== undefined && !isBeside(same, doc)) before = same;
      unnumbered.set(natural, doc);
    }
    if (before !== undefined) replaced.add(before);
    if (act !== undefined) numbered.set(act, doc);
  }
  return docs.filter((doc) => !replaced.has(doc));
}

const isBeside = (one: Word, other: Word): boolean =>
  one.status === 'final' && other.status === 'final' && one.result !== other.result;

/** Of words recorded at one moment the one that clears comes last: nobody is accused by the order of a list. */
const clearing: readonly Outcome['status'][] = ['provisional', 'final', 'appealed', 'annulled'];

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Told = Word & { recordedAt: string; enteredAt: string | null };

/** The same of documents, in their own order. */
export function wordsThatStand<T extends Told>(docs: readonly T[]): T[] {
  const told = [...docs].sort(
    (a, b) =>
      compare(a.recordedAt, b.recordedAt) ||
      compare(a.enteredAt ?? a.at, b.enteredAt ?? b.at) ||
      clearing.indexOf(a.status) - clearing.indexOf(b.status),
  );
  const stands = new Set(lastWords(told));
  return docs.filter((doc) => stands.has(doc));
}
