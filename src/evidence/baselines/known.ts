/** The version of the baselines that a check uses: the last one recorded by then. Versions are followed, their groups read at the first use. */
import type { Store } from '../../store/port.ts';
import type { KnownBaselines } from './resolver.ts';
import { type BaselineVersion, openBaselines } from './store.ts';

export interface FollowedBaselines {
  follow(): Promise<void>;
  at(asOf: string): Promise<KnownBaselines | undefined>;
  /** Its id alone, without reading it. */
  versionAt(asOf: string): string | undefined;
  newest(): BaselineVersion | undefined;
}

/** A backtest over months goes from one to the next; a service uses the last. */
const keptBooks = 3;

export function followBaselines(store: Store): FollowedBaselines {
  const stored = openBaselines(store);
  const versions: BaselineVersion[] = [];
  const books = new Map<string, Promise<KnownBaselines>>();
  let cursor = 0;

  const versionAt = (asOf: string): string | undefined =>
    versions.findLast(({ recordedAt }) => recordedAt <= asOf)?.id;

  function bookOf(version: string): Promise<KnownBaselines> {
    let book = books.get(version);
    if (book === undefined) {
      if (books.size >= keptBooks) books.delete(books.keys().next().value!);
      book = stored.book(version).then((groups) => ({ version, book: groups }));
      books.set(version, book);
      // A store that did not answer is asked again.
      book.catch(() => books.delete(version));
    }
    return book;
  }

  return {
    versionAt,
    newest: () => versions.at(-1),
    async follow() {
      const found = await stored.since(cursor);
      cursor = found.cursor;
      versions.push(...found.versions);
      versions.sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1));
    },
    async at(asOf) {
      const version = versionAt(asOf);
      return version === undefined ? undefined : bookOf(version);
    },
  };
}
