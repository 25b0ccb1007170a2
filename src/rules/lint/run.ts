/** Runs every lint over a rulebook as it was loaded. Pure: the catalogue and today's date are given. */
import type { FactCatalogue } from '../../facts/model.ts';
import { type Diagnostic, inOrder } from '../diagnostic.ts';
import type { LoadedRules, RuleSource, SharedSource } from '../load.ts';
import type { Path } from '../source.ts';
import type { Book, Complaint, Lint, Subject } from './lint.ts';
import { lints } from './table.ts';
import { asLeaf, nodesOf, treeOf } from './tree.ts';
import { vocabularyOf } from './vocabulary.ts';

export interface LintOptions {
  catalogue: FactCatalogue;
  /** `YYYY-MM-DD`. */
  today: string;
  /** Languages in which every text must be; `en` and `fr` where absent. */
  languages?: readonly string[];
}

const foreignKeys = ['event', 'priority', 'onSuccess', 'onFailure'];

function subjectOf(
  kind: Subject['kind'],
  from: RuleSource | SharedSource,
  catalogue: FactCatalogue,
): Subject {
  const { raw, source, problems } = from;
  const nodes = 'conditions' in raw ? [...nodesOf(treeOf(raw.conditions, ['conditions']))] : [];
  const id = kind === 'rule' ? raw.id : raw.name;
  const scope = kind === 'rule' && raw.scope !== 'item' ? 'declaration' : 'item';
  return {
    kind,
    id: typeof id === 'string' ? id : undefined,
    source,
    base: 'base' in from ? from.base : [],
    raw,
    problems,
    foreign: kind === 'rule' && foreignKeys.some((key) => key in raw),
    scope,
    nodes,
    leaves: nodes.map(asLeaf).filter((leaf) => leaf !== undefined),
    vocabulary: vocabularyOf(kind === 'rule' ? raw.let : undefined, catalogue, scope),
  };
}

function diagnosticOf(lint: Lint, subject: Subject, complaint: Complaint): Diagnostic {
  const path: Path = [...subject.base, ...complaint.path];
  const place =
    complaint.character === undefined
      ? subject.source.place(path, complaint.part)
      : subject.source.placeIn(path, complaint.character);
  return {
    code: lint.code,
    severity: lint.severity,
    place,
    message: complaint.message,
    ...(complaint.fix === undefined ? {} : { fix: complaint.fix }),
    ...(subject.id === undefined ? {} : { rule: subject.id }),
  };
}

/** Every diagnostic of the rulebook, in the order of its files. */
export function lintRules(loaded: LoadedRules, options: LintOptions): Diagnostic[] {
  const { catalogue, today, languages = ['en', 'fr'] } = options;
  const subjects = [
    ...loaded.rules.map((rule) => subjectOf('rule', rule, catalogue)),
    ...loaded.shared.map((shared) => subjectOf('shared condition', shared, catalogue)),
  ];
  const shared = new Map(
    loaded.shared
      .filter(({ raw }) => typeof raw.name === 'string')
      .map((each) => [String(each.raw.name), each]),
  );
  const book: Book = { catalogue, subjects, shared, today, languages };
  const found = subjects.flatMap((subject) =>
    lints
      .filter((lint) => subject.kind === 'rule' || lint.about === 'conditions')
      .flatMap((lint) =>
        [...lint.check(subject, book)].map((complaint) => diagnosticOf(lint, subject, complaint)),
      ),
  );
  return inOrder([...loaded.problems, ...found]);
}
