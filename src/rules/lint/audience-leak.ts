/**
 * RL509: the answer to a clearance system must not disclose reference prices, watch lists, thresholds, or that an
 * officer is looked at (DESIGN decision 5).
 */
import type { FactDefinition, FactFamily } from '../../facts/model.ts';
import { type Audience, audiences, defaultAudience, kinds } from '../model.ts';
import type { Complaint, Lint, Subject } from './lint.ts';
import { namesUsed } from './used.ts';

const hidden: Partial<Record<Audience, { families: readonly FactFamily[]; kinds: readonly string[] }>> = {
  declarant: {
    families: ['baseline', 'list', 'history', 'related', 'system'],
    kinds: ['risk', 'conduct', 'system'],
  },
  examiner: { families: ['baseline', 'list'], kinds: ['system'] },
};

const why = (fact: FactDefinition): string =>
  fact.aboutOfficer ? 'about an officer' : `of the family ${fact.family}`;

function* leaks(subject: Subject, audience: Audience): Iterable<Complaint> {
  const rules = hidden[audience];
  if (rules === undefined) return;
  const kind = String(subject.raw.kind);
  if (rules.kinds.includes(kind))
    yield {
      path: ['audience'],
      message: `a ${kind} rule tells the ${audience} that, and on what grounds, somebody is looked at`,
      fix: `Leave \`audience\` out: ${kind} rules go to the ${defaultAudience[kind as (typeof kinds)[number]]}.`,
    };
  for (const { name, path } of namesUsed(subject)) {
    const fact = subject.vocabulary
      .lookup(name)
      ?.facts.find((each) => each.aboutOfficer || rules.families.includes(each.family));
    if (fact !== undefined)
      yield {
        path,
        message: `${fact.name} is ${why(fact)}, and the ${audience} may read this finding`,
        fix: `Make the audience ${fact.aboutOfficer ? 'integrity' : 'analyst'}, or leave the fact out.`,
      };
  }
}

export const audienceLeak: Lint = {
  code: 'RL509',
  name: 'audience-leak',
  severity: 'error',
  finds: 'facts that the audience of the finding must not learn',
  about: 'rules',
  *check(subject) {
    const { audience, kind } = subject.raw;
    const given = audiences.find((each) => each === audience);
    const byKind = kinds.find((each) => each === kind);
    const reader = given ?? (byKind && defaultAudience[byKind]);
    if (reader !== undefined) yield* leaks(subject, reader);
  },
};
