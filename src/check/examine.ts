/** Evaluates declarations as they stand and makes the check documents that are new; writes nothing but what it was decided under. */
import { contentHash } from '../ground/canonical.ts';
import { decide } from '../selectivity/decide.ts';
import { drawValue } from '../selectivity/draw.ts';
import type { DeclarationDocument } from './collections.ts';
import type { Desk, Setting } from './desk.ts';
import { type CheckDocument, checkSchema } from './document.ts';
import { type Hole, holesId } from './holes.ts';
import { type Trails, versionId } from './registry.ts';

/** A declaration that is to be examined, with the last check of it. */
export interface Planned {
  doc: DeclarationDocument;
  earlier: CheckDocument | undefined;
}

export interface Examined {
  /** The check that stands for the declaration now. */
  check: CheckDocument;
  notEvaluated: Hole[];
  /** False where the last check says the same already. */
  isNew: boolean;
}

export const checkId = (key: string, content: string, ordinal: number): string =>
  `C-${contentHash([key, content, ordinal]).slice(0, 32)}`;

/** One answer for each that was planned, in order. */
export async function examine(
  desk: Desk,
  planned: readonly Planned[],
  trails: Trails,
  recordedAt: string,
): Promise<Examined[]> {
  const evaluator = desk.evaluator();
  const profile = desk.profile();
  const evaluated = await evaluator.evaluate(
    planned.map(({ doc }) => ({
      reference: doc.reference,
      version: doc.version,
      declaration: doc.declaration,
      trail: trails.events.get(doc.reference) ?? [],
      outcomes: trails.outcomes.get(doc.reference) ?? [],
      recordedAt,
    })),
  );
  return planned.map(({ doc, earlier }, index) => {
    const { evidence, findings, notEvaluated } = evaluated[index]!;
    const draw = earlier?.draw ?? desk.keys?.draw(drawSubject(doc), recordedAt.slice(0, 10));
    const decision = decide(profile, findings, {
      office: doc.office ?? undefined,
      flow: doc.flow,
      ...(draw === undefined ? {} : { draw: drawValue(draw) }),
      ...(earlier === undefined ? {} : { earlierLane: earlier.lane }),
    });
    const { stage } = profile.profile;
    const key = `${versionId(doc.reference, doc.version)}@${stage}`;
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
      stage,
      occurredAt: doc.occurredAt,
      recordedAt,
      versions: { ...evaluator.versions(doc.declaration.country), profile: profile.version },
      evidence,
      findings,
      holes: holesId(notEvaluated),
      ...decision,
      ...(draw === undefined ? {} : { draw }),
      ordinal,
      ...(earlier === undefined ? {} : { supersedes: earlier.id }),
    };
    return again !== undefined && saysTheSame(again, check)
      ? { check: again, notEvaluated, isNew: false }
      : { check, notEvaluated, isNew: true };
  });
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

/** What is drawn for: the registration, which nobody knows before lodgement. */
function drawSubject(doc: DeclarationDocument): string {
  const { registration, mrn } = doc.declaration;
  if (registration?.number === undefined) return mrn ?? doc.reference;
  return [doc.office, registration.date?.slice(0, 4), registration.serial, registration.number].join('/');
}

/** Nothing that anybody reads has changed: the same findings, the same holes, the same lane. */
const saysTheSame = (before: CheckDocument, after: CheckDocument): boolean =>
  before.lane === after.lane &&
  before.score === after.score &&
  before.holes === after.holes &&
  contentHash(before.findings) === contentHash(after.findings);
