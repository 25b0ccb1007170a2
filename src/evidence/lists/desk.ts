/**
 * What can be done with lists, the same by command and by HTTP: load one from a file's bytes, take one out of force, show
 * those in force, and say how a value is matched.
 */
import { CrosscheckError } from '../../errors.ts';
import { type Hit, listOf, nameThreshold } from '../../facts/list/book.ts';
import type { ListFile } from '../../facts/list/model.ts';
import { textOf } from '../../ground/text.ts';
import { type Problem, toProblem } from '../../present.ts';
import type { Store } from '../../store/port.ts';
import { type ListFrame, readCsvList, readJsonList } from './read.ts';
import { shippedLists } from './shipped.ts';
import { inForce, type ListHeader, openLists } from './store.ts';

/** What a CSV says nothing of; what is not given is filled in as for a list of codes. */
export interface ListForm {
  kind?: string | undefined;
  match?: string | undefined;
  owner?: string | undefined;
  origin?: string | undefined;
  titleEn?: string | undefined;
  titleFr?: string | undefined;
  complete?: boolean | undefined;
  delimiter?: string | undefined;
}

export interface LoadedList {
  list: string;
  entries: number;
  /** False where the list in force says the same. */
  changed: boolean;
  refused: Problem[];
  /** Rows that are in force and perhaps not as they were meant. */
  doubtful: Problem[];
}

/** The first thousand rows of either kind are told, the others counted by their absence. */
const told = 1_000;

const frameOf = (id: string, form: ListForm): Partial<ListFrame> => ({
  id,
  title: { en: form.titleEn ?? id, fr: form.titleFr ?? form.titleEn ?? id },
  kind: (form.kind ?? 'codes') as ListFile['kind'],
  match: (form.match ?? 'exact') as ListFile['match'],
  ...(form.owner === undefined ? {} : { owner: form.owner }),
  ...(form.origin === undefined ? {} : { origin: form.origin }),
  ...(form.complete === undefined ? {} : { complete: form.complete }),
});

const isJson = (bytes: Uint8Array): boolean =>
  /^\s*[[{]/.test(Buffer.from(bytes.subarray(0, 200)).toString());

/** Throws CC_LIST_INVALID where the whole is unusable; rows that are not good are told and the others loaded. */
export async function loadList(
  store: Store,
  id: string,
  bytes: Uint8Array,
  form: ListForm,
  who: { by: string; at: string },
): Promise<LoadedList> {
  const frame = frameOf(id, form);
  const { file, refused, doubtful } = isJson(bytes)
    ? readJsonList(textOf(bytes), frame)
    : await readCsvList(bytes, frame, form.delimiter);
  if (file.id !== id)
    throw new CrosscheckError('CC_LIST_INVALID', { pointer: '/id', problem: `is ${file.id} and not ${id}` });
  if (file.entries.length === 0 && refused.length > 0)
    throw new CrosscheckError('CC_LIST_INVALID', {
      pointer: '/entries',
      problem: `none of ${refused.length} is usable; the first: ${refused[0]!.message}`,
    });
  const before = file.entries.length > 0 ? 0 : await entriesInForce(store, id, who.at);
  const emptied = before === 0 ? [] : [new CrosscheckError('CC_LIST_EMPTIED', { before })];
  const changed = await openLists(store).put(file, who.at, who.by);
  return {
    list: id,
    entries: file.entries.length,
    changed,
    refused: refused.slice(0, told).map((error) => toProblem(error)),
    doubtful: [...emptied, ...doubtful].slice(0, told).map((error) => toProblem(error)),
  };
}

/** None of a list that there is not. */
const entriesInForce = async (store: Store, id: string, at: string): Promise<number> =>
  (await listsInForce(store, at)).find(({ list }) => list === id)?.entries ?? 0;

export interface ShownList extends Omit<ListHeader, 'id' | 'withdrawn' | 'content'> {
  loaded: boolean;
}

/** Loaded lists, and shipped ones that none replaces; these alone without a store. */
export async function listsInForce(store: Store | undefined, at: string): Promise<ShownList[]> {
  const loaded = store === undefined ? [] : inForce(await openLists(store).headers(), at);
  const replaced = new Set(loaded.map(({ list }) => list));
  return [
    ...loaded.map(({ id: _, withdrawn: __, content: ___, ...header }) => ({ ...header, loaded: true })),
    ...shippedLists()
      .filter(({ id }) => !replaced.has(id))
      .map(({ id, entries, ...file }) => ({
        ...file,
        list: id,
        entries: entries.length,
        recordedAt: '',
        by: 'shipped',
        loaded: false,
      })),
  ].sort((a, b) => (a.list < b.list ? -1 : 1));
}

/** A shipped one without a store. Throws CC_NOT_FOUND. */
export async function readList(store: Store | undefined, list: string, at: string): Promise<ListFile> {
  const lists = store === undefined ? undefined : openLists(store);
  const header = inForce((await lists?.headers()) ?? [], at).find((one) => one.list === list);
  const file =
    header === undefined ? shippedLists().find(({ id }) => id === list) : await lists!.read(header);
  if (file === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'list', id: list });
  return file;
}

export interface Match {
  found: boolean;
  /** From this likeness on a name counts as found. */
  threshold: number;
  hit?: Hit;
}

/** @param day on which the entry must be valid; @param at the instant whose list is looked in. */
export async function matchList(
  store: Store | undefined,
  list: string,
  value: string,
  { day, at }: { day: string; at: string },
): Promise<Match> {
  const hit = listOf(await readList(store, list, at)).find(value, day);
  return {
    found: hit !== undefined && hit.score >= nameThreshold,
    threshold: nameThreshold,
    ...(hit === undefined ? {} : { hit }),
  };
}
