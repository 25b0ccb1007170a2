/** Lanes of one declaration: first, strictest, last; and what each re-routing was. */

import type { EventDocument } from '../check/collections.ts';
import { rerouteKinds } from '../declaration/trail.ts';
import type { FoldContext, History } from './history.ts';

export type RerouteKind = (typeof rerouteKinds)[number];

export interface Reroute {
  event: EventDocument;
  kind: RerouteKind;
  from: string | null;
  to: string | null;
}

export interface Lanes {
  first: string | null;
  strictest: string | null;
  last: string | null;
  /** The LANE event that chose first. */
  choice: EventDocument | undefined;
  reroutes: Reroute[];
  /** The first lane asks for a control before release. */
  selected: boolean;
}

const controls = new Set(['INSPECT', 'SCAN', 'ASSESS']);

export function foldLanes(history: History, context: FoldContext): Lanes {
  const choice = history.events.find((event) => event.kind === 'LANE' && event.to !== undefined);
  const reroutes: Reroute[] = [];
  const seen: string[] = [];
  let current = choice?.to ?? null;
  if (current !== null) seen.push(current);
  for (const event of history.events) {
    if (event.kind !== 'REROUTE' && !(event.kind === 'LANE' && event !== choice && event.to !== undefined))
      continue;
    const from = event.from ?? current;
    const to = event.to ?? null;
    if (event.kind === 'REROUTE') {
      reroutes.push({ event, kind: rerouteKind(event, from, to, history, context), from, to });
      if (current === null && from !== null) seen.push(from);
    }
    if (to !== null) {
      seen.push(to);
      current = to;
    }
  }
  const strictness = (lane: string) => context.lanes.get(lane)?.strictness ?? -1;
  const firstLane = seen[0] ?? null;
  const control = firstLane === null ? undefined : context.lanes.get(firstLane)?.control;
  return {
    first: firstLane,
    strictest: seen.length === 0 ? null : seen.reduce((a, b) => (strictness(b) > strictness(a) ? b : a)),
    last: current,
    choice,
    reroutes,
    selected: control === 'documents' || control === 'scan' || control === 'physical',
  };
}

/**
 * The source's own word where it gives one of the kinds; else a stricter lane is *up*, a milder one after a control is
 * *control closed* and before any control *discretionary down*, and without a person *timeout* (checks.md, last section).
 */
function rerouteKind(
  event: EventDocument,
  from: string | null,
  to: string | null,
  history: History,
  context: FoldContext,
): RerouteKind {
  const stated = rerouteKinds.find((kind) => kind === event.cause);
  if (stated !== undefined) return stated;
  const strictness = (lane: string | null) =>
    lane === null ? 0 : (context.lanes.get(lane)?.strictness ?? 0);
  if (strictness(to) > strictness(from)) return 'up';
  if (event.officer === null || event.role === 'system') return 'timeout';
  const controlled = history.events.some((each) => controls.has(each.kind) && each.at <= event.at);
  return controlled ? 'control-closed' : 'discretionary-down';
}
