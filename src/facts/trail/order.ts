/** The one order in which the events of a trail are looked at, whatever the order in which they came. */
import { eventKinds } from '../../declaration/trail.ts';
import type { TrailStep } from '../subject.ts';

const place = new Map(eventKinds.map((kind, index) => [kind, index]));

/** By time; events of one time in the order of a procedure, so that a check and one told again later see the same. */
export const inOrder = (trail: readonly TrailStep[]): TrailStep[] =>
  trail
    .map((step) => ({ step, at: Date.parse(step.at) }))
    .sort(
      (a, b) =>
        a.at - b.at ||
        place.get(a.step.kind)! - place.get(b.step.kind)! ||
        (a.step.id < b.step.id ? -1 : a.step.id > b.step.id ? 1 : 0),
    )
    .map(({ step }) => step);
