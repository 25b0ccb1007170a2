/**
 * What the lanes of a trail mean. Clearance systems record to which lane a declaration went; from which, and why, must
 * be told from the trail: ASYCUDA ends every control by re-routing to green, which is no favour, while the same button
 * pressed before any control is one (reference: the catalogue's reading of re-routing; ASYCUDA++ manual 3.31, 6.19).
 * Pure.
 */
import type { rerouteKinds, TrailEvent } from '../declaration/trail.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { matcher } from '../mapping/matcher.ts';

export type RerouteKind = (typeof rerouteKinds)[number];

export interface LaneRules {
  /** Lane to rank; higher is stricter. */
  strictness: ReadonlyMap<string, number>;
  controls: ReadonlyMap<string, string>;
  documentsBy: 'examiner' | 'act';
  isSystem: (user: string) => boolean;
  isSupervisor: (user: string) => boolean;
}

export const laneRules = (
  reroute: Mapping['reroute'],
  strictness: LaneRules['strictness'],
  controls: LaneRules['controls'],
): LaneRules => {
  const system = matcher(reroute.systemUsers.length === 0 ? [''] : reroute.systemUsers);
  const supervisor = matcher(reroute.supervisors.length === 0 ? [''] : reroute.supervisors);
  return {
    strictness,
    controls,
    documentsBy: reroute.documentsBy,
    isSystem: (user) => system(user),
    isSupervisor: (user) => supervisor(user),
  };
};

/** Whether an event is evidence that a control of this kind took place. */
const evidence: Record<string, readonly TrailEvent['kind'][]> = {
  physical: ['INSPECT'],
  scan: ['SCAN', 'INSPECT'],
  documents: ['INSPECT', 'SCAN', 'QUERY'],
  'post-clearance': ['PCA', 'INSPECT'],
};

/**
 * Fills `from` and `cause` of REROUTE events and the role of the system, in place. Takes the events in their order.
 * What the source itself says of a cause stands. An act that comes later in the trail than the re-route is no evidence
 * for it: a conform act typed in after the goods were let go is what the rules look for.
 */
export function tellReroutes(events: readonly TrailEvent[], rules: LaneRules): void {
  let lane: string | undefined;
  let since = 0;
  const examiners = new Set<string>();
  for (const [index, event] of events.entries()) {
    if (event.user !== undefined && rules.isSystem(event.user)) event.role = 'system';
    if (event.kind === 'ASSIGN' && event.to !== undefined) examiners.add(event.to);
    if (event.kind === 'LANE' && event.to !== undefined) {
      lane = event.to;
      since = index;
      continue;
    }
    if (event.kind !== 'REROUTE') continue;
    const from = event.from ?? lane;
    if (from !== undefined) event.from = from;
    event.cause ??= causeOf(event, from, events.slice(since, index), examiners, rules);
    if (event.cause === undefined) delete event.cause;
    lane = event.to ?? lane;
    since = index;
  }
}

function causeOf(
  event: TrailEvent,
  from: string | undefined,
  between: readonly TrailEvent[],
  examiners: ReadonlySet<string>,
  rules: LaneRules,
): RerouteKind | undefined {
  const [before, after] = [from, event.to].map((lane) =>
    lane === undefined ? undefined : rules.strictness.get(lane),
  );
  if (before === undefined || after === undefined) return undefined;
  if (after > before) return 'up';
  if (event.role === 'system' || (event.user !== undefined && rules.isSystem(event.user))) return 'timeout';
  const control = rules.controls.get(from!) ?? 'none';
  const took = between.some((other) => evidence[control]?.includes(other.kind));
  if (took) return 'control-closed';
  // In ASYCUDA the check of documents leaves no act: the examiner whose task it was ends it by re-routing.
  if (
    control === 'documents' &&
    rules.documentsBy === 'examiner' &&
    event.user !== undefined &&
    examiners.has(event.user)
  )
    return 'control-closed';
  if (event.user !== undefined && rules.isSupervisor(event.user)) return 'supervisor';
  return 'discretionary-down';
}
