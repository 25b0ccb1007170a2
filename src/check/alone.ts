/** Checks without a store: each declaration with the trail and the outcomes that came in the same input, nothing kept. */
import type { CrosscheckError, Where } from '../errors.ts';
import { inChunks } from '../ground/chunks.ts';
import type { DeclarationRecord, IntakeRecord } from '../intake/record.ts';
import { decide } from '../selectivity/decide.ts';
import type { Desk, Subject } from './desk.ts';
import { type CheckDocument, checkSchema } from './document.ts';
import { checkId } from './examine.ts';
import { type Hole, holesId } from './holes.ts';
import { passingPeople } from './people.ts';
import { accountsOf, eventDocument, outcomeDocument } from './trail.ts';
import { whenMade } from './version.ts';

export type AloneResult =
  | { kind: 'checked'; check: CheckDocument; notEvaluated: Hole[]; where: Where }
  /** A message that speaks of a declaration somewhere else: there is nothing here to check it against. */
  | { kind: 'answer'; declaration: string; where: Where }
  | { kind: 'refused'; error: CrosscheckError; where: Where };

const batchSize = 64;

/** What each record came to, in order. */
export async function* checkAlone(
  desk: Desk,
  records: AsyncIterable<IntakeRecord>,
): AsyncGenerator<AloneResult> {
  const people = passingPeople();
  for await (const chunk of inChunks(records, batchSize)) {
    const declared = chunk.filter((record): record is DeclarationRecord => record.kind === 'declaration');
    const surrogates = await people.surrogates(
      declared.flatMap((record) => accountsOf(record.trail, record.outcomes)),
    );
    const recordedAt = desk.now().toISOString();
    const evaluator = desk.evaluator();
    const profile = desk.profile();
    const evaluated = await evaluator.evaluate(
      declared.map(
        ({ identity: { reference }, declaration, trail, outcomes }): Subject => ({
          reference,
          version: 1,
          declaration,
          trail: trail.map((event) => eventDocument(reference, event, surrogates, recordedAt)),
          outcomes: outcomes.map((outcome) =>
            outcomeDocument(reference, declaration.office ?? null, outcome, surrogates, recordedAt),
          ),
          recordedAt,
        }),
      ),
    );
    const checks = new Map<IntakeRecord, { check: CheckDocument; notEvaluated: Hole[] }>();
    declared.forEach((record, index) => {
      const { declaration, identity } = record;
      const { evidence, findings, notEvaluated, versions } = evaluated[index]!;
      const { mode, stage } = profile.settings(declaration.office, declaration.flow);
      const key = `${identity.reference}#1@${stage}`;
      const check: CheckDocument = {
        id: checkId(key, identity.content, 0),
        schema: checkSchema,
        key,
        declaration: identity.reference,
        version: 1,
        content: identity.content,
        office: declaration.office ?? null,
        flow: declaration.flow,
        stage,
        mode,
        occurredAt: whenMade(declaration, record.trail) ?? recordedAt,
        recordedAt,
        versions: { ...evaluator.versions(declaration.country), ...versions, profile: profile.version },
        evidence,
        findings,
        holes: holesId(notEvaluated),
        // Nothing is drawn: a dry run that shared the draw of the live one would predict it.
        ...decide(profile, findings, { office: declaration.office, flow: declaration.flow }),
        ordinal: 0,
      };
      checks.set(record, { check, notEvaluated });
    });
    for (const record of chunk) {
      const checked = checks.get(record);
      if (checked !== undefined) yield { kind: 'checked', ...checked, where: record.where };
      else if (record.kind === 'refused') yield { kind: 'refused', error: record.error, where: record.where };
      else if (record.kind === 'answer') {
        yield { kind: 'answer', declaration: record.declaration, where: record.where };
      }
    }
  }
}
