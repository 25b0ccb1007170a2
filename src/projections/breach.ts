/**
 * What counts as a release that lacks a mandatory step (I35; checks.md H01 to H04, H13 and H17), of the failures that a
 * check found. A rule's class says whether a declaration may pass with it, not whether the releaser left something out.
 */
import type { Finding } from '../engine/finding.ts';

/** Warnings that mean one: a scan's advice ignored, steps not kept apart, released unpaid. */
const warnings = new Set(['CON-003', 'CON-013', 'CON-017']);

/**
 * Errors of conduct that do not: steps recorded in an odd order, and a lane that selectivity gave for a programme in
 * which the trader is not. Neither was the releaser's to do.
 */
const notTheReleasers = new Set(['FMT-014', 'CON-023']);

export const isBreach = ({ rule, kind, class: severity, shadow }: Finding): boolean =>
  kind === 'conduct' &&
  shadow !== true &&
  (severity === 'error' ? !notTheReleasers.has(rule) : warnings.has(rule));
