/**
 * The lane of declarations: gathers what enters a decision beside the findings (the draw, the trader's programmes, what
 * the office was given before, whose goods these were before) and records it with the check. Nothing here reads the store
 * for a usual declaration.
 */
import type { Finding } from '../engine/finding.ts';
import { type Decision, decide } from '../selectivity/decide.ts';
import { type DrawRecord, drawValue, lotValue, ruleValue } from '../selectivity/draw.ts';
import type { LoadedProfile } from '../selectivity/profile.ts';
import type { DeclarationDocument, EventDocument } from './collections.ts';
import type { Desk } from './desk.ts';
import type { CheckDocument, RecordedCircumstances } from './document.ts';
import { inheritedFrom, type ReadKin, type Relative } from './kin.ts';

/** Days for an audit after release, where the profile does not say. */
const usualAuditDays = 60;

/** What a decision adds to a check. */
export type Selected = Decision &
  Pick<CheckDocument, 'stage' | 'early' | 'counted' | 'mode' | 'draw' | 'circumstances'>;

export interface ToSelect {
  doc: DeclarationDocument;
  earlier: CheckDocument | undefined;
  answered?: { check: string; lane: string } | undefined;
}

interface ToPrepare extends ToSelect {
  recordedAt: string;
}

/** To be awaited before a batch is decided; undefined, as nearly always, where there is nothing to wait for. */
export function readyToSelect(
  desk: Desk,
  planned: readonly ToPrepare[],
  read: ReadKin | undefined,
): Promise<unknown> | undefined {
  const first = planned
    .filter(({ earlier }) => earlier === undefined || isUndrawn(earlier))
    .map(({ doc }) => doc);
  const tally =
    desk.profile().counts && first.length > 0
      ? desk.tally?.ready(
          first.flatMap(({ office }) => office ?? []),
          planned[0]!.recordedAt,
        )
      : undefined;
  const told = planned.filter(isNewContent).map(({ doc }) => doc);
  const kin = read === undefined || told.length === 0 ? undefined : desk.kin?.prepare(told, read);
  return tally === undefined && kin === undefined ? undefined : Promise.all([tally, kin]);
}

/** Decides, in the order of the batch: what one was given counts for the next. */
export function select(
  desk: Desk,
  { doc, earlier, answered }: ToSelect,
  trail: readonly EventDocument[],
  findings: readonly Finding[],
  at: string,
): Selected {
  const loaded = desk.profile();
  const settings = loaded.settings(doc.office ?? undefined, doc.flow);
  const isFirst = earlier === undefined;
  const early = isEarly(settings.stage, doc, trail);
  const kin = isNewContent({ doc, earlier }) ? (desk.kin?.of(doc) ?? []) : [];
  const inherited = inheritedFrom(isFirst ? kin : kin.filter(lodgedBefore(doc)), loaded.strictness);
  // Whoever can send drafts under names of his own would go on until one is not drawn.
  const undrawn = early === true && doc.provisional;
  const wasUndrawn = earlier !== undefined && isUndrawn(earlier);
  const drawnBefore = wasUndrawn && !undrawn ? undefined : earlier?.draw;
  const draw = drawnBefore ?? inherited.draw ?? desk.keys?.draw(drawSubject(doc), at.slice(0, 10));
  const isCounted = (isFirst || wasUndrawn) && loaded.counts;
  const taken = takenIn(doc);
  const counts = isCounted ? desk.tally?.counts(taken, at) : undefined;
  const trader = traderOf(doc);
  const programmes = trader === undefined ? [] : (desk.programmes?.(trader, taken.occurredAt) ?? []);
  const circumstances: RecordedCircumstances = {
    ...(programmes.length === 0 ? {} : { programmes }),
    ...(counts === undefined ? {} : { counts }),
    ...(inherited.lane === undefined ? {} : { inherited: inherited.lane }),
    ...(answered === undefined ? {} : { answered: { check: answered.check, lane: answered.lane } }),
    ...(undrawn ? { undrawn } : {}),
  };
  const decision = decideFrom(loaded, doc, findings, draw, circumstances, earlier?.lane);
  const { lanes, postClearance } = loaded.profile;
  const isAudited = lanes.some(({ code, control }) => code === decision.lane && control === 'post-clearance');
  return {
    ...decision,
    ...(isAudited ? { auditDays: postClearance?.days ?? usualAuditDays } : {}),
    stage: settings.stage,
    ...(early ? { early } : {}),
    ...(undrawn
      ? { counted: 0 }
      : wasUndrawn
        ? { counted: 1 }
        : isCounted && taken !== doc
          ? { counted: counts === undefined ? 0 : 1 }
          : {}),
    mode: settings.mode,
    ...(draw === undefined ? {} : { draw }),
    ...(Object.keys(circumstances).length === 0 ? {} : { circumstances }),
  };
}

/** From what is recorded alone: for the check itself and for its replay. */
export function decideFrom(
  loaded: LoadedProfile,
  { office, flow }: Pick<CheckDocument, 'office' | 'flow'>,
  findings: readonly Finding[],
  draw: DrawRecord | undefined,
  { programmes, counts, inherited, answered, undrawn }: RecordedCircumstances,
  earlierLane: string | undefined,
): Decision {
  const drawn = undrawn === true ? undefined : draw;
  return decide(loaded, findings, {
    office: office ?? undefined,
    flow,
    draw: drawn === undefined ? undefined : drawValue(drawn),
    lot: drawn === undefined ? undefined : lotValue(drawn),
    // What a draft is not drawn for falls with its registration; asked twice, a rule would select more than its share.
    ruleLot: undrawn === true ? () => 1 : drawn === undefined ? undefined : (rule) => ruleValue(drawn, rule),
    programmes,
    counts,
    // Counted for the first time though there was a lane: it was a draft's, and a free one keeps no share from its registration.
    earlierLane: counts !== undefined && earlierLane === loaded.profile.default ? undefined : earlierLane,
    inheritedLane: inherited?.lane,
    answeredLane: answered?.lane,
  });
}

/** Tells those who remember what was decided, once for each check that is new; answers what has them forget it. */
export function remember(
  desk: Desk,
  { doc, earlier }: ToSelect,
  trail: readonly EventDocument[],
  check: CheckDocument,
  at: string,
): () => void {
  // A draft takes nobody's time and fills no rate: whoever sends many under names of his own would fill a day with them.
  const counts = !isUndrawn(check) && (earlier === undefined || isUndrawn(earlier));
  const uncount = counts && desk.profile().counts ? desk.tally?.add(takenIn(doc), check, at) : undefined;
  const unknow = desk.kin?.remember(
    doc,
    check,
    trail.some(({ kind }) => kind === 'RELEASE'),
  );
  return () => {
    uncount?.();
    unknow?.();
  };
}

/** What is drawn for: the registration, which nobody knows before lodgement. */
export function drawSubject(doc: DeclarationDocument): string {
  const { registration, mrn } = doc.declaration;
  if (registration?.number === undefined) return mrn ?? doc.reference;
  return [doc.office, registration.date?.slice(0, 4), registration.serial, registration.number].join('/');
}

const dayMs = 86_400_000;

/**
 * The declaration as of the day on which customs took it in, where that is another than it says of itself. Whoever writes
 * himself when he lodged it must choose neither the programme under which he is treated nor to be too old to count.
 */
function takenIn(doc: DeclarationDocument): DeclarationDocument {
  const { acceptedAt, registration } = doc.declaration;
  const given = Date.parse(acceptedAt ?? registration?.date ?? '');
  // Of the same day and the one beside it: a day has no hour, and its office a clock of its own.
  return Number.isNaN(given) || Math.abs(given - Date.parse(doc.occurredAt)) <= dayMs
    ? doc
    : { ...doc, occurredAt: new Date(given).toISOString() };
}

/** Of a draft, for which nothing was drawn and which was not counted. */
const isUndrawn = ({ circumstances }: CheckDocument): boolean => circumstances?.undrawn === true;

/** Not a check that is done again for an event: a later version may name the bill that the first one left out. */
const isNewContent = ({ doc, earlier }: ToSelect): boolean =>
  earlier === undefined || earlier.version < doc.version;

/** Of relatives: an earlier declaration is not changed by what came of the same goods after it. */
const lodgedBefore =
  ({ occurredAt }: DeclarationDocument) =>
  (relative: Relative): boolean =>
    relative.occurredAt <= occurredAt;

/** Whose programme counts: who brings the goods in, sends them out or answers for their transit. */
function traderOf({ flow, consignee, consignor, declaration }: DeclarationDocument): string | undefined {
  if (flow === 'import') return consignee ?? undefined;
  if (flow === 'export') return consignor ?? undefined;
  return declaration.transit?.principal?.id;
}

/** Whether the declaration has not come to the stage at which the country gives lanes. */
function isEarly(
  stage: CheckDocument['stage'],
  { provisional }: DeclarationDocument,
  trail: readonly EventDocument[],
): true | undefined {
  const early = {
    'pre-arrival': false,
    registration: provisional,
    'after-payment': !trail.some(({ kind }) => kind === 'PAY' || kind === 'GUARANTEE'),
  }[stage];
  return early || undefined;
}
