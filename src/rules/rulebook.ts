/**
 * The rulebook: a folder of rule files loaded, linted and compiled as one, with the hash of its content as version. A
 * running service follows its folder: a change is taken over whole between two checks, or refused with its lints while
 * the last good one goes on. The system tells of changes at once where it can; what it does not tell of (a folder that was
 * replaced, one behind a link that now leads elsewhere, one of another machine) is seen at the next look.
 */
import { type CompiledRulebook, compile } from '../engine/compile.ts';
import { CrosscheckError } from '../errors.ts';
import { factCatalogue } from '../facts/catalogue.ts';
import type { FactCatalogue } from '../facts/model.ts';
import { runner } from '../ground/runner.ts';
import { type FolderWatch, watchFolder } from '../ground/watch-folder.ts';
import { type Diagnostic, hasErrors } from './diagnostic.ts';
import { lintRules } from './lint/run.ts';
import { type LoadedRules, loadRules, lookOf } from './load.ts';
import type { Condition, Rule, RuleStatus } from './model.ts';

export interface RulebookOptions {
  /** The project's own catalogue where absent. */
  catalogue?: FactCatalogue;
  /** Day by which review dates are judged, `YYYY-MM-DD`; today where absent. */
  today?: string;
  languages?: readonly string[];
  /** False compiles closures even where code can be generated. */
  codegen?: boolean;
}

export interface Rulebook {
  from: string;
  /** Hash of the content: 64 hexadecimal digits. */
  version: string;
  /** All of them, drafts and retired ones too, by id. */
  rules: readonly Rule[];
  shared: Readonly<Record<string, Condition>>;
  /** The rules that run: active ones, and shadow ones, which have no effect. */
  compiled: CompiledRulebook;
  /** Warnings and hints; of errors there are none. */
  diagnostics: readonly Diagnostic[];
}

/** CC_RULEBOOK_REFUSED, with the lints that refused it. */
export class RulebookRefused extends CrosscheckError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const files = new Set(errors.map(({ place }) => place.file));
    const [first] = errors;
    super('CC_RULEBOOK_REFUSED', { count: errors.length, files: files.size }, first?.place ?? {});
    this.diagnostics = diagnostics;
  }
}

const today = (): string => new Date().toISOString().slice(0, 10);

const optionsOf = ({ catalogue = factCatalogue, today: day = today(), languages }: RulebookOptions) => ({
  catalogue,
  today: day,
  ...(languages === undefined ? {} : { languages }),
});

export const lintLoaded = (loaded: LoadedRules, options: RulebookOptions = {}): Diagnostic[] =>
  lintRules(loaded, optionsOf(options));

/** The shared conditions by name, as the engine takes them. */
export const sharedOf = (loaded: LoadedRules): Record<string, Condition> =>
  Object.fromEntries(
    loaded.shared.flatMap(({ shared }) => (shared === undefined ? [] : [[shared.name, shared.conditions]])),
  );

/** Throws RulebookRefused where a lint of severity error is found, CC_RULEBOOK_EMPTY where there is nothing. */
export function rulebookOf(loaded: LoadedRules, options: RulebookOptions = {}): Rulebook {
  if (loaded.files.length === 0) throw new CrosscheckError('CC_RULEBOOK_EMPTY', { folder: loaded.from });
  const diagnostics = lintLoaded(loaded, options);
  if (hasErrors(diagnostics)) throw new RulebookRefused(diagnostics);
  const rules = loaded.rules
    .map(({ rule }) => rule)
    .filter((rule) => rule !== undefined)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const shared = sharedOf(loaded);
  const { catalogue = factCatalogue, codegen } = options;
  const compiled = compile(rules, { catalogue, shared, ...(codegen === undefined ? {} : { codegen }) });
  return { from: loaded.from, version: loaded.version, rules, shared, compiled, diagnostics };
}

export const openRulebook = async (folder: string, options: RulebookOptions = {}): Promise<Rulebook> =>
  rulebookOf(await loadRules(folder), options);

/** The rulebook with these rules alone, whatever their status, as if they were active: for examples and backtests. */
export function trialOf(
  rulebook: Pick<Rulebook, 'rules' | 'shared'>,
  wanted: (rule: Rule) => boolean,
  options: RulebookOptions = {},
): CompiledRulebook {
  const rules = rulebook.rules.filter(wanted).map((rule) => ({ ...rule, status: 'active' as RuleStatus }));
  const { catalogue = factCatalogue, codegen } = options;
  return compile(rules, {
    catalogue,
    shared: rulebook.shared,
    ...(codegen === undefined ? {} : { codegen }),
  });
}

export interface Refusal {
  /** Instant, UTC. */
  at: string;
  error: CrosscheckError;
}

export interface LiveRulebook {
  /** Read it once a check: it is replaced as a whole. */
  readonly current: Rulebook;
  /** Why the folder as it is now is not in force; undefined where it is. */
  readonly refusal: Refusal | undefined;
  /** Looks at the folder now. Answers whether another version came into force. */
  reload(): Promise<boolean>;
  close(): void;
}

/** Editors write a file in several steps; what follows within this time is one change. */
const debounceMs = 200;
/** Between two looks at a folder of which nothing is told; a state that stands at two of them is one that nobody is writing. */
const lookMs = 5_000;

/** Mended, perhaps, by what no look at the folder shows: rights of a folder above, files that the process had open. */
const passes = ({ error }: Refusal): boolean => !(error instanceof RulebookRefused);

/**
 * Opens a folder and follows its changes. Throws where the first state is refused; later ones are refused in `refusal`.
 * @param onChange told after each look that changed something: a new rulebook, a refusal, or the end of one
 */
export async function followRulebook(
  folder: string,
  options: RulebookOptions & { lookMs?: number } = {},
  onChange: (live: LiveRulebook) => void = () => {},
): Promise<LiveRulebook> {
  /** The folder as it was when it was read last, and at the last look. */
  let read = await lookOf(folder);
  let seen = read;
  let current = await openRulebook(folder, options);
  let refusal: Refusal | undefined;
  let timer: NodeJS.Timeout | undefined;
  let watcher: FolderWatch | undefined;
  // Looks follow each other: an older state of the folder can never replace a newer one.
  let looking: Promise<unknown> = Promise.resolve();

  const watch = () => {
    watcher?.close();
    watcher = undefined;
    try {
      watcher = watchFolder(folder, changed, { persistent: false });
    } catch {
      // Away, or the system watches no more than it does already: what changes is seen at the next look.
    }
  };
  const look = async (): Promise<boolean> => {
    const before = refusal;
    const now = await lookOf(folder);
    // What is watched may be a folder that another one has taken the place of.
    if (now !== read) watch();
    read = now;
    try {
      const next = await openRulebook(folder, options);
      refusal = undefined;
      const changed = next.version !== current.version;
      if (changed) current = next;
      if (changed || before !== undefined) onChange(live);
      return changed;
    } catch (thrown) {
      const error =
        thrown instanceof CrosscheckError ? thrown : new CrosscheckError('CC_INTERNAL', {}, {}, thrown);
      if (before !== undefined && error.message === before.error.message && passes(before)) return false;
      refusal = { at: new Date().toISOString(), error };
      onChange(live);
      return false;
    }
  };
  const reload = (): Promise<boolean> => {
    const next = looking.then(look);
    looking = next;
    return next;
  };
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(reload, debounceMs);
    timer.unref();
  };
  const looks = runner(async () => {
    const now = await lookOf(folder);
    const stands = now === seen;
    seen = now;
    if (stands && (now !== read || (refusal !== undefined && passes(refusal)))) await reload();
  });
  const following = setInterval(looks.poke, options.lookMs ?? lookMs).unref();
  watch();

  const live: LiveRulebook = {
    get current() {
      return current;
    },
    get refusal() {
      return refusal;
    },
    reload,
    close() {
      clearTimeout(timer);
      clearInterval(following);
      watcher?.close();
    },
  };
  return live;
}
