/** `crosscheck lists`: watched names, codes and authorisations, next to the store or through the service that holds it. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { isDay } from '../declaration/dates.ts';
import { CrosscheckError } from '../errors.ts';
import {
  type ListForm,
  type LoadedList,
  listsInForce,
  loadList,
  type Match,
  matchList,
  type ShownList,
} from '../evidence/lists/desk.ts';
import { openLists } from '../evidence/lists/store.ts';
import { placeOf } from '../present.ts';
import type { Store } from '../store/port.ts';
import { commandLine, onRecord } from './on-record.ts';
import {
  callService,
  isStoreNamed,
  type Reach,
  type ReachOptions,
  reach,
  type Service,
  withDataOption,
} from './reach.ts';
import type { Register } from './register.ts';
import { print, table } from './rules-folder.ts';

interface LoadOptions extends ReachOptions, ListForm {
  id?: string;
  json?: boolean;
}

/** The same by either way. */
async function either<T>(
  options: ReachOptions,
  ways: {
    alone(store: Store): Promise<T>;
    through(service: Service): Promise<Response>;
    /** Where there is no store; it is refused otherwise. */
    absent?: 'made';
    /** By the shipped lists alone, where nobody named a store and there is none. */
    shipped?(): Promise<T>;
  },
): Promise<T> {
  let reached: Reach;
  try {
    reached = await reach(options, ways.absent);
  } catch (thrown) {
    const isAbsent = thrown instanceof CrosscheckError && thrown.code === 'CC_STORE_ABSENT';
    if (!isAbsent || ways.shipped === undefined || isStoreNamed(options)) throw thrown;
    process.stderr.write('no store here: the shipped lists alone\n');
    return ways.shipped();
  }
  if (reached.kind === 'service') {
    const answer = await ways.through(reached);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }
  try {
    return await ways.alone(reached.store);
  } finally {
    await reached.store.close();
  }
}

const formOf = ({
  kind,
  match,
  owner,
  origin,
  titleEn,
  titleFr,
  complete,
  delimiter,
}: LoadOptions): ListForm =>
  Object.fromEntries(
    Object.entries({ kind, match, owner, origin, titleEn, titleFr, complete, delimiter }).filter(
      ([, value]) => value !== undefined,
    ),
  );

export const registerLists: Register = (program) => {
  const lists = program.command('lists').description('watch lists, code lists, authorisations, measures');

  withDataOption(lists.command('load'))
    .description('load a list from CSV or JSON; it is in force from the next check on')
    .argument('<file>', 'CSV with a header (key, name, aliases, from, to, grade, …) or a JSON list file')
    .option('--id <id>', 'id of the list; the name of the file otherwise')
    .option('--kind <kind>', 'codes, authorisations, watch or measures')
    .option('--match <way>', 'exact, prefix or name')
    .option('--owner <text>', 'who answers for it')
    .option('--origin <text>', 'where its entries are from')
    .option('--title-en <text>', 'title in English')
    .option('--title-fr <text>', 'title in French')
    .option('--complete', 'what is not on it does not exist')
    .option('--delimiter <character>', 'of cells; comma, semicolon or tab as the header has it otherwise')
    .option('--json', 'the answer as JSON')
    .action(async (file: string, options: LoadOptions) => {
      if (!(statSync(file, { throwIfNoEntry: false })?.isFile() ?? false))
        throw new CrosscheckError('CC_FILE_UNREADABLE', { file, problem: 'there is no such file' }, { file });
      const bytes = readFileSync(file);
      const id = options.id ?? basename(file).replace(/\.\w+$/, '');
      const form = formOf(options);
      const loaded = await either<LoadedList>(options, {
        absent: 'made',
        async alone(store) {
          const answer = await loadList(store, id, bytes, form, {
            by: commandLine,
            at: new Date().toISOString(),
          });
          await onRecord(store, 'list.load', id, { changed: answer.changed, entries: answer.entries });
          return answer;
        },
        through: (service) => {
          const query = new URLSearchParams(
            Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]),
          );
          return callService(service, `/v1/lists/${encodeURIComponent(id)}?${query}`, {
            method: 'PUT',
            headers: { 'content-type': file.endsWith('.csv') ? 'text/csv' : 'application/json' },
            body: bytes,
          });
        },
      });
      if (options.json === true) print(JSON.stringify(loaded));
      else {
        print(
          `${loaded.list}: ${loaded.entries} entries ${loaded.changed ? 'in force' : 'as before'}, ${loaded.refused.length} rows left out`,
        );
        for (const problem of [...loaded.refused, ...loaded.doubtful])
          print(`  ${placeOf({ file, ...problem.where })} ${problem.code} ${problem.detail}`);
      }
      process.exitCode = 0;
    });

  withDataOption(lists.command('show'))
    .description('lists in force')
    .option('--json', 'one JSON object a list')
    .action(async (options: ReachOptions & { json?: boolean }) => {
      const { data } = await either<{ data: ShownList[] }>(options, {
        alone: async (store) => ({ data: await listsInForce(store, new Date().toISOString()) }),
        shipped: async () => ({ data: await listsInForce(undefined, new Date().toISOString()) }),
        through: (service) => callService(service, '/v1/lists'),
      });
      if (options.json === true) for (const one of data) print(JSON.stringify(one));
      else
        for (const line of table(
          ['list', 'kind', 'match', 'entries', 'owner', 'recorded'],
          data.map(({ list, kind, match, entries, owner, recordedAt, loaded }) => [
            list,
            kind,
            match,
            entries,
            owner,
            loaded ? recordedAt.slice(0, 16) : 'shipped',
          ]),
        ))
          print(line);
    });

  withDataOption(lists.command('match'))
    .description('how a value is matched: the best entry, its score and the words that agree')
    .argument('<list>')
    .argument('<value>')
    .option('--day <day>', 'as of this day; today otherwise')
    .action(async (list: string, value: string, options: ReachOptions & { day?: string }) => {
      const day = options.day ?? new Date().toISOString().slice(0, 10);
      if (!isDay(day))
        throw new CrosscheckError('CC_BAD_ARGUMENT', { name: '--day', problem: `"${day}" is no day` });
      const match = await either<Match>(options, {
        alone: (store) => matchList(store, list, value, { day, at: new Date().toISOString() }),
        shipped: () => matchList(undefined, list, value, { day, at: new Date().toISOString() }),
        through: (service) =>
          callService(
            service,
            `/v1/lists/${encodeURIComponent(list)}/match?${new URLSearchParams({ value, day })}`,
          ),
      });
      print(JSON.stringify(match));
      process.exitCode = match.found ? 0 : 1;
    });

  withDataOption(lists.command('remove'))
    .description('take a loaded list out of force; a shipped one of the same id stands again')
    .argument('<list>')
    .action(async (list: string, options: ReachOptions) => {
      await either<void>(options, {
        async alone(store) {
          await onRecord(store, 'list.withdraw', list);
          await openLists(store).withdraw(list, new Date().toISOString(), commandLine);
        },
        through: (service) =>
          callService(service, `/v1/lists/${encodeURIComponent(list)}`, { method: 'DELETE' }),
      });
      print(`${list} is out of force`);
    });
};
