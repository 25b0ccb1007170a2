/**
 * The facts on one trail. Events stand in order of their time; those of one time in the order in which they are lawful.
 * Everything here is arithmetic on what is known: `completeTo` is the instant up to which no event of a kind is missing.
 */
import { formOf } from '../../declaration/form.ts';
import type { EventKind } from '../../declaration/trail.ts';
import { foreign, national, nationalCurrency } from '../computed/amounts.ts';
import type { FactCall, FactValue } from '../model.ts';
import type { ControlOutcome, FactSubject, TrailStep } from '../subject.ts';
import { isOpen, type OfficeCalendar, workingHours } from './calendar.ts';
import { hourMs, isDayOnly, latest, surelyAfter, time } from './clock.ts';
import { type Procedure, strictness } from './procedure.ts';
import { holdsAt, uncontrolled, wronglyLifted } from './released.ts';
import { type Selector, selectorOf } from './selector.ts';

export interface TrailView {
  steps: readonly TrailStep[];
  /** Up to when events of these kinds are known to be complete, milliseconds; -Infinity where nobody has said so. */
  completeTo(kinds: readonly EventKind[]): number;
  calendar: OfficeCalendar | undefined;
  procedure: Procedure | undefined;
  subject: FactSubject;
}

const matching = (view: TrailView, select: Selector): TrailStep[] => view.steps.filter(select.test);
const text = (call: FactCall, name: string): string => String(call.params[name]);
const selector = (call: FactCall, name: string): Selector => selectorOf(text(call, name));

type Template = (view: TrailView, call: FactCall) => FactValue;

/** Every later event with an earlier one at or before it. A negative answer needs a trail complete up to the later event. */
const precedence: Template = (view, call) => {
  const earlier = matching(view, selector(call, 'first'));
  const unpreceded = matching(view, selector(call, 'then')).filter(
    (step) => !earlier.some((one) => !surelyAfter(one, step)),
  );
  if (unpreceded.length === 0) return true;
  const complete = view.completeTo(selector(call, 'first').kinds);
  // A step on one item, such as a release of a part: whether the other was needed for that part is not told.
  return unpreceded.some((step) => step.item === undefined && latest(step) <= complete) ? false : undefined;
};

const response: Template = (view, call) => {
  const first = matching(view, selector(call, 'first'));
  if (first.length === 0) return true;
  const later = matching(view, selector(call, 'then')).map(time);
  const hours = Number(call.params.hours);
  const complete = view.completeTo(selector(call, 'then').kinds);
  let waiting = false;
  for (const step of first) {
    const answer = later.find((at) => at >= time(step));
    const passed = elapsed(view, call, time(step), answer ?? complete);
    if (passed === undefined) return undefined;
    if (passed > hours) return false;
    if (answer === undefined) waiting = true;
  }
  return waiting ? undefined : true;
};

const absence: Template = (view, call) => {
  const until = call.params.until === undefined ? undefined : matching(view, selector(call, 'until'))[0];
  if (call.params.until !== undefined && until === undefined) return undefined;
  const limit = until === undefined ? Number.POSITIVE_INFINITY : time(until);
  const event = selector(call, 'event');
  if (matching(view, event).some((step) => time(step) <= limit)) return false;
  const needed = until === undefined ? Math.max(...view.steps.map(time)) : limit;
  return view.steps.length > 0 && needed <= view.completeTo(event.kinds) ? true : undefined;
};

/** Hours from one instant to another; undefined where working hours are asked for and the office has no calendar. */
function elapsed(view: TrailView, call: FactCall, from: number, to: number): number | undefined {
  if (to <= from) return 0;
  if (call.params.clock !== 'office') return (to - from) / hourMs;
  return view.calendar === undefined ? undefined : workingHours(view.calendar, from, to);
}

function pair(view: TrailView, call: FactCall): { from: number | undefined; to: number | undefined } {
  const first = matching(view, selector(call, 'first'))[0];
  if (first === undefined) return { from: undefined, to: undefined };
  const from = time(first);
  const then = matching(view, selector(call, 'then')).find((step) => step !== first && time(step) >= from);
  return { from, to: then === undefined ? undefined : time(then) };
}

const within: Template = (view, call) => {
  const { from, to } = pair(view, call);
  return from === undefined || to === undefined ? undefined : elapsed(view, call, from, to);
};

const waited: Template = (view, call) => {
  const { from, to } = pair(view, call);
  if (from === undefined) return undefined;
  const end = to ?? view.completeTo(selector(call, 'then').kinds);
  return end < from ? undefined : elapsed(view, call, from, end);
};

const waitedDays: Template = (view, call) => {
  const hours = waited(view, call);
  return hours === undefined ? undefined : Number(hours) / 24;
};

/** Between events whose hours are written: two of one day may be seconds or hours apart. */
const secondsBetween: Template = (view, call) => {
  const timed = { ...view, steps: view.steps.filter((step) => !isDayOnly(step)) };
  const { from, to } = pair(timed, call);
  return from === undefined || to === undefined ? undefined : (to - from) / 1000;
};

const extreme = (values: readonly number[], pick: (...values: number[]) => number): number | undefined =>
  values.length === 0 ? undefined : pick(...values);

const duration: Template = (view, call) =>
  extreme(
    matching(view, selector(call, 'event')).flatMap((step) =>
      step.endedAt === undefined || isDayOnly(step) ? [] : [(Date.parse(step.endedAt) - time(step)) / hourMs],
    ),
    Math.min,
  );

const entryDelay: Template = (view, call) =>
  extreme(
    matching(view, selector(call, 'event')).flatMap((step) =>
      step.enteredAt === undefined || step.enteredAt === null
        ? []
        : [(Date.parse(step.enteredAt) - time(step)) / hourMs],
    ),
    Math.max,
  );

const chain: Template = (view, call) => {
  const first = selector(call, 'first');
  const then = selector(call, 'then');
  return view.steps.every((step, index) => {
    const next = view.steps[index + 1];
    return !first.test(step) || next === undefined || then.test(next);
  });
};

const officers = (steps: readonly TrailStep[]): Set<string> =>
  new Set(
    steps.flatMap((step) => (step.officer === undefined || step.officer === null ? [] : [step.officer])),
  );

/** The declarant who assesses his own goods and withdraws them, and the system's account, are no officers. */
const ofOfficials = (steps: readonly TrailStep[]): TrailStep[] =>
  steps.filter(({ role }) => role !== 'system' && role !== 'declarant');

const meet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some((one) => b.has(one));

const sameActor: Template = (view, call) => {
  const first = matching(view, selector(call, 'first'));
  const then = matching(view, selector(call, 'then'));
  if (first.length === 0 || then.length === 0) return undefined;
  if (meet(officers(first), officers(then))) return true;
  const nameless = [...first, ...then].some((step) => !step.officer);
  return nameless ? undefined : false;
};

const incompatible: Template = ({ procedure, steps, subject }) => {
  if (procedure === undefined) return undefined;
  const office = subject.declaration.office;
  if (office !== undefined && procedure.onePersonOffices?.includes(office)) return [];
  return procedure.incompatible
    .filter(([first, then]) =>
      meet(
        officers(ofOfficials(steps).filter(({ kind }) => kind === first)),
        officers(ofOfficials(steps).filter(({ kind }) => kind === then)),
      ),
    )
    .map(([first, then]) => `${first}+${then}`);
};

/** Typed in afterwards, as after a failure of the system: the hour is from memory, and no word on the order. */
const enteredLater = ({ at, enteredAt }: TrailStep): boolean =>
  enteredAt !== undefined && enteredAt !== null && Date.parse(enteredAt) - Date.parse(at) > hourMs;

/** What ends the control of customs, whatever declaration it was given on. */
const endings: ReadonlySet<string> = new Set(['RELEASE', 'EXIT']);

/**
 * Goods may be released on a simplified declaration, an entry in the declarant's records or a request for immediate release,
 * and declared in full afterwards (Kyoto Convention, General Annex, Standards 3.13, 3.17 and 3.32). An extract that gives that
 * release to the later declaration has it before the day on which the declaration begins: nothing can be released that is
 * not there yet.
 */
const ofEarlierDeclaration = ({ steps, subject }: TrailView): ((step: TrailStep) => boolean) => {
  if (formOf(subject.declaration) === 'supplementary') return ({ kind }) => endings.has(kind);
  const begins = steps.find(({ kind }) => kind === 'LODGE') ?? steps.find(({ kind }) => kind === 'REGISTER');
  return (step) => endings.has(step.kind) && begins !== undefined && surelyAfter(begins, step);
};

const disorder: Template = (view) => {
  const { procedure, steps, subject } = view;
  if (procedure === undefined) return undefined;
  const isEarlier = ofEarlierDeclaration(view);
  // Chosen for audit afterwards: a lane that asks for nothing before the release.
  const isAudit = ({ kind, to }: TrailStep): boolean =>
    kind === 'LANE' && procedure.lanes[strictness(procedure, to)]?.control === 'post-clearance';
  const first = (kind: string) =>
    steps.find((step) => step.kind === kind && !isAudit(step) && !isEarlier(step));
  return procedure.flows[subject.declaration.flow].order
    .filter(([before, after]) => {
      const [a, b] = [first(before), first(after)];
      return a !== undefined && b !== undefined && !enteredLater(a) && !enteredLater(b) && surelyAfter(a, b);
    })
    .map(([before, after]) => `${after}<${before}`);
};

const lane: Template = ({ steps, procedure }, call) => {
  const lanes = steps.flatMap(({ kind, to }) =>
    (kind === 'LANE' || kind === 'REROUTE') && to !== undefined ? [to.toLowerCase()] : [],
  );
  if (call.params.which === 'first') return lanes[0];
  if (call.params.which === 'last') return lanes.at(-1);
  if (procedure === undefined) return undefined;
  return lanes.reduce<string | undefined>(
    (best, one) =>
      best === undefined || strictness(procedure, one) > strictness(procedure, best) ? one : best,
    undefined,
  );
};

const control: Template = (view, call) => {
  const code = lane(view, call);
  return view.procedure?.lanes.find((one) => one.code === code)?.control;
};

const pick = (steps: readonly TrailStep[], which: FactValue): TrailStep | undefined =>
  which === 'first' ? steps[0] : steps.at(-1);

const member: Template = (view, call) => {
  const step = pick(matching(view, selector(call, 'event')), call.params.which);
  const value = step?.[text(call, 'member') as 'cause'];
  return value === undefined || value.trim() === '' ? undefined : value;
};

const sum = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : Math.round(values.reduce((a, b) => a + b, 0) * 1e6) / 1e6;

const amount: Template = (view, call) => {
  const currency = nationalCurrency(view.subject.declaration);
  const name = text(call, 'member') as 'tax' | 'taxBefore' | 'fine';
  const values = matching(view, selector(call, 'event')).flatMap((step) => {
    const value = national(step[name], currency);
    return value === undefined ? [] : [value];
  });
  return call.params.which === 'sum'
    ? sum(values)
    : call.params.which === 'first'
      ? values[0]
      : values.at(-1);
};

const taxChange: Template = (view, call) =>
  sum(
    matching(view, selector(call, 'event')).flatMap(({ tax, taxBefore }) =>
      tax === undefined || taxBefore === undefined || tax.currency !== taxBefore.currency
        ? []
        : [foreign({ amount: tax.amount - taxBefore.amount, currency: tax.currency })!],
    ),
  );

const outsideHours: Template = (view, call) => {
  const { calendar } = view;
  if (calendar === undefined) return undefined;
  return matching(view, selector(call, 'event')).filter(
    (step) =>
      step.role !== 'system' &&
      step.role !== 'declarant' &&
      !isDayOnly(step) &&
      !isOpen(calendar, time(step)),
  ).length;
};

/** A negative answer needs a trail complete up to the release. */
const releasedUncontrolled: Template = (view, call) => {
  const { procedure, steps } = view;
  if (procedure === undefined) return undefined;
  const by = selector(call, 'by');
  const closed = call.params.closedBy === undefined ? undefined : selector(call, 'closedBy');
  const found = uncontrolled(steps, {
    procedure,
    isLane: selector(call, 'lane').test,
    control: text(call, 'control'),
    answers: by.test,
    ...(closed === undefined ? {} : { closes: closed.test }),
  });
  const complete = view.completeTo([...by.kinds, ...(closed?.kinds ?? [])]);
  const sure = found.filter((step) => latest(step) <= complete).length;
  return sure === 0 && found.length > 0 ? undefined : sure;
};

const onePerson: Template = ({ procedure, subject }) => {
  const { office } = subject.declaration;
  if (procedure === undefined || office === undefined) return undefined;
  return procedure.onePersonOffices?.includes(office) === true;
};

const holds: Template = (view, call) => {
  const step = matching(view, selector(call, 'event'))[0];
  if (step === undefined) return undefined;
  const standing = holdsAt(view.steps, step);
  // A lifting that has not arrived yet would make an innocent release look guilty.
  return standing.length > 0 && latest(step) > view.completeTo(['UNHOLD']) ? undefined : standing;
};

const foreignUnhold: Template = ({ steps }) => wronglyLifted(steps);

const sealsDiffer: Template = (view, call) => {
  const declared = view.subject.declaration.seals;
  const found = matching(view, selector(call, 'event')).findLast((step) => step.seals !== undefined)?.seals;
  if (declared === undefined || declared.length === 0 || found === undefined) return undefined;
  const [a, b] = [new Set(declared), new Set(found)];
  return a.size !== b.size || [...a].some((seal) => !b.has(seal));
};

const assignments: Template = ({ steps }) =>
  new Set(steps.flatMap(({ kind, to }) => (kind === 'ASSIGN' && to !== undefined ? [to] : []))).size;

const reversed: Template = ({ steps }) => {
  const amendments = steps.filter(({ kind, tax, taxBefore }) => kind === 'AMEND' && tax && taxBefore);
  return amendments.some((earlier, index) =>
    amendments.slice(index + 1).some(
      (later) =>
        earlier.officer &&
        later.officer &&
        later.officer !== earlier.officer &&
        // Decided on appeal.
        !steps.some((step) => step.kind === 'APPEAL' && !surelyAfter(step, later)) &&
        earlier.tax!.amount !== earlier.taxBefore!.amount &&
        later.taxBefore!.amount === earlier.tax!.amount &&
        later.tax!.amount === earlier.taxBefore!.amount,
    ),
  );
};

const finals = (subject: FactSubject, call: FactCall): ControlOutcome[] =>
  subject.outcomes.filter(
    ({ status, verdict, control }) =>
      status === 'final' &&
      verdict !== 'refuted' &&
      (call.params.control === 'any' || control === call.params.control),
  );

const outcomeCount: Template = ({ subject }, call) =>
  finals(subject, call).filter(
    ({ result }) =>
      call.params.result === 'any' ||
      (call.params.result === 'found' ? result !== 'conform' : result === call.params.result),
  ).length;

const outcomeAmount: Template = ({ subject }, call) => {
  const currency = nationalCurrency(subject.declaration);
  return sum(
    finals(subject, call).flatMap((outcome) => {
      const value = national(outcome[text(call, 'member') as 'duty' | 'fine'], currency);
      return value === undefined ? [] : [value];
    }),
  );
};

export const templates: Readonly<Record<string, Template>> = {
  'trail.precedence': precedence,
  'trail.response': response,
  'trail.absence': absence,
  'trail.count': (view, call) => matching(view, selector(call, 'event')).length,
  'trail.within': within,
  'trail.waited': waited,
  'trail.waitedDays': waitedDays,
  'trail.secondsBetween': secondsBetween,
  'trail.duration': duration,
  'trail.entryDelay': entryDelay,
  'trail.chain': chain,
  'trail.sameActor': sameActor,
  'trail.incompatible': incompatible,
  'trail.disorder': disorder,
  'trail.lane': lane,
  'trail.control': control,
  'trail.uncontrolled': releasedUncontrolled,
  'trail.onePerson': onePerson,
  'trail.versions': ({ subject }) => subject.version,
  'trail.text': member,
  'trail.amount': amount,
  'trail.taxChange': taxChange,
  'trail.outsideHours': outsideHours,
  'trail.holds': holds,
  'trail.foreignUnhold': foreignUnhold,
  'trail.sealsDiffer': sealsDiffer,
  'trail.assignments': assignments,
  'trail.reversed': reversed,
  'outcome.count': outcomeCount,
  'outcome.amount': outcomeAmount,
};
