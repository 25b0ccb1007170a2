/**
 * All that is known of one declaration, arranged: versions in order, events and outcomes each once and in order of
 * time, whatever the order in which they came. Folds read nothing else, so rows depend on what is known alone.
 */
import type { DeclarationDocument, EventDocument, OutcomeDocument } from '../check/collections.ts';
import type { CheckDocument } from '../check/document.ts';
import { wordsThatStand } from '../check/words.ts';
import { eventKinds } from '../declaration/trail.ts';
import type { TakingRow } from './taking-row.ts';
import type { WorkOf } from './working-time.ts';

export interface History {
  reference: string;
  /** Ascending; at least one. */
  versions: DeclarationDocument[];
  events: EventDocument[];
  outcomes: OutcomeDocument[];
  /** In the order in which they superseded each other; the last one speaks. */
  checks: CheckDocument[];
  /** What later declarations took of goods that this one put under suspense. */
  followUps: readonly TakingRow[];
}

export interface LaneMeaning {
  /** Greater is stricter. */
  strictness: number;
  control: 'none' | 'documents' | 'scan' | 'physical' | 'post-clearance';
}

/** What folds need beside the declaration: the administration's own data. Another context calls for a rebuild. */
export interface FoldContext {
  /** From the selectivity profile. */
  lanes: ReadonlyMap<string, LaneMeaning>;
  /** Beginnings of procedures whose duty is suspended rather than due. */
  suspense: readonly string[];
  /** Whether a trader's programme (authorised economic operator) was valid on a day; unknown where there is no register. */
  trusted?: (party: string, day: string) => boolean;
  /** IANA zone of an office at an instant, where a reference record tells it. */
  zoneOf?: (office: string, at: string) => string | undefined;
  /** When an officer could have worked, by the register's calendars and rosters. */
  workOf?: WorkOf;
}

/** ASYCUDA's lanes (customs-practice.md 5.1) and the SAD's suspense regimes; a profile may say otherwise. */
export const defaultContext: FoldContext = {
  lanes: new Map<string, LaneMeaning>([
    ['green', { strictness: 0, control: 'none' }],
    ['blue', { strictness: 1, control: 'post-clearance' }],
    ['yellow', { strictness: 2, control: 'documents' }],
    ['orange', { strictness: 3, control: 'scan' }],
    ['red', { strictness: 4, control: 'physical' }],
  ]),
  suspense: ['2', '5', '7', '8', '9'],
};

const kindOrder = new Map(eventKinds.map((kind, order) => [kind, order]));

const once = <T extends { id: string }>(documents: readonly T[]): T[] => [
  ...new Map(documents.map((document) => [document.id, document])).values(),
];

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What the system or the declarant did is no officer's, though the source names an account beside it. */
const isNobodys = ({ role }: EventDocument): boolean => role === 'system' || role === 'declarant';

const credited = (event: EventDocument): EventDocument =>
  event.officer !== null && isNobodys(event) ? { ...event, officer: null } : event;

export function arrange(
  reference: string,
  versions: readonly DeclarationDocument[],
  events: readonly EventDocument[],
  outcomes: readonly OutcomeDocument[],
  checks: readonly CheckDocument[],
  followUps: readonly TakingRow[] = [],
): History {
  return {
    reference,
    versions: once(versions).sort((a, b) => a.version - b.version || compare(a.id, b.id)),
    // Events of one second follow the procedure's usual order, so that a trail without seconds still reads right.
    events: once(events)
      .map(credited)
      .sort(
        (a, b) =>
          compare(a.at, b.at) || kindOrder.get(a.kind)! - kindOrder.get(b.kind)! || compare(a.id, b.id),
      ),
    outcomes: wordsThatStand(once(outcomes)).sort((a, b) => compare(a.at, b.at) || compare(a.id, b.id)),
    // A later version speaks, and of one version the check that superseded the others.
    checks: once(checks).sort(
      (a, b) => a.version - b.version || a.ordinal - b.ordinal || compare(a.id, b.id),
    ),
    followUps: [...followUps].sort((a, b) => compare(a.id, b.id)),
  };
}

export const first = (history: History, kind: EventDocument['kind']): EventDocument | undefined =>
  history.events.find((event) => event.kind === kind);

export const last = (history: History, kind: EventDocument['kind']): EventDocument | undefined =>
  history.events.findLast((event) => event.kind === kind);

/** The cancellation that took effect; one that was asked for, or refused, did not. */
export const cancellation = (history: History): EventDocument | undefined =>
  history.events.findLast(
    (event) => event.kind === 'CANCEL' && event.result !== 'requested' && event.result !== 'rejected',
  );

export const all = (history: History, kind: EventDocument['kind']): EventDocument[] =>
  history.events.filter((event) => event.kind === kind);

/** The version that stands now. */
export const standing = (history: History): DeclarationDocument => history.versions.at(-1)!;
