/** Evaluates declarations as they stand and makes the check documents that are new; writes nothing but what it was decided under. */
import { contentHash } from '../ground/canonical.ts';
import type { DeclarationDocument } from './collections.ts';
import type { Desk, Setting } from './desk.ts';
import { type CheckDocument, checkSchema } from './document.ts';
import { type Hole, holesId } from './holes.ts';
import type { ReadKin } from './kin.ts';
import { type Trails, versionId } from './registry.ts';
import { readyToSelect, remember, select } from './select.ts';
import { timedNow } from './stages.ts';
import { wordsThatStand } from './words.ts';

/** A declaration that is to be examined, with the last check of it. */
export interface Planned {
  doc: DeclarationDocument;
  earlier: CheckDocument | undefined;
  /** What was answered in its place while facts, store or time failed. */
  answered?: { check: string; lane: string; by?: string | undefined } | undefined;
  /** Who asks. */
  by?: string | undefined;
  /** When it is told: what was recorded before is seen, and nothing else. */
  recordedAt: string;
}

export interface Examined {
  /** The check that stands for the declaration now. */
  check: CheckDocument;
  notEvaluated: Hole[];
  /** False where the last check says the same already. */
  isNew: boolean;
  /** To be called where it does not come to be written: it decides nothing of others then. */
  forget(): void;
}

export const checkId = (key: string, content: string, ordinal: number): string =>
  `C-${contentHash([key, content, ordinal]).slice(0, 32)}`;

/** One answer for each that was planned, in order. */
export async function examine(
  desk: Desk,
  planned: readonly Planned[],
  trails: Trails,
  read?: ReadKin,
): Promise<Examined[]> {
  const evaluator = desk.evaluator();
  const { version: profile } = desk.profile();
  const ready = readyToSelect(desk, planned, read);
  const evaluating = evaluator.evaluate(
    planned.map(({ doc, recordedAt }) => ({
      reference: doc.reference,
      version: doc.version,
      declaration: doc.declaration,
      trail: trails.events.get(doc.reference) ?? [],
      outcomes: wordsThatStand(trails.outcomes.get(doc.reference) ?? []),
      recordedAt,
    })),
  );
  const evaluated = ready === undefined ? await evaluating : (await Promise.all([evaluating, ready]))[0];
  const decideOne = (each: Planned, index: number): Examined => {
    const { doc, earlier, by, recordedAt } = each;
    const told = toldBefore(earlier, each.answered?.by);
    const { evidence, findings, notEvaluated, versions } = evaluated[index]!;
    const trail = trails.events.get(doc.reference) ?? [];
    const selected = select(desk, each, trail, findings, recordedAt);
    const key = `${versionId(doc.reference, doc.version)}@${selected.stage}`;
    const again = earlier?.key === key ? earlier : undefined;
    const ordinal = again === undefined ? 0 : again.ordinal + 1;
    const check: CheckDocument = {
      id: checkId(key, doc.content, ordinal),
      schema: checkSchema,
      key,
      declaration: doc.reference,
      version: doc.version,
      content: doc.content,
      office: doc.office,
      flow: doc.flow,
      occurredAt: doc.occurredAt,
      recordedAt,
      versions: { ...evaluator.versions(doc.declaration.country), ...versions, profile },
      evidence,
      findings,
      holes: holesId(notEvaluated),
      ...selected,
      ordinal,
      ...(earlier === undefined ? {} : { supersedes: earlier.id }),
      ...(by === undefined ? {} : { by }),
      ...(told.length === 0 ? {} : { told }),
    };
    const isNew = again === undefined || !saysTheSame(again, check);
    const stands = isNew ? check : again;
    const forget = remember(desk, each, trail, stands, recordedAt);
    return { check: stands, notEvaluated, isNew, forget };
  };
  return timedNow('decide', () => planned.map(decideOne));
}

/** Everything that checks of these declarations are decided under. */
export function governing(desk: Desk, planned: readonly Planned[]): Setting[] {
  const { profile, version } = desk.profile();
  const countries = new Set(planned.map(({ doc }) => doc.declaration.country));
  return [
    { kind: 'profile', version, content: profile },
    ...[...countries].flatMap((country) => desk.evaluator().governing(country)),
  ];
}

/** Who was given the check that is replaced, or one that it replaced, or the degraded answer in its place. */
const toldBefore = (earlier: CheckDocument | undefined, answered: string | undefined): string[] => [
  ...new Set([...(earlier?.told ?? []), ...[earlier?.by, answered].filter((each) => each !== undefined)]),
];

/** Nothing that anybody reads has changed: the same findings, the same holes, the same lane. */
const saysTheSame = (before: CheckDocument, after: CheckDocument): boolean =>
  before.lane === after.lane &&
  before.score === after.score &&
  before.early === after.early &&
  before.holes === after.holes &&
  contentHash(before.findings) === contentHash(after.findings);
