/**
 * Who was being waited for: the time from registration to release cut into four segments that add up to the whole.
 * A second belongs to the declarant while a query is open, else to another agency while a hold stands, else to the
 * payment while the declaration is assessed and unpaid, else to customs (time release study, customs-practice.md 4.5).
 */
import type { History } from './history.ts';
import type { Span } from './opening.ts';

export interface Segments {
  declarant: number;
  agency: number;
  bank: number;
  customs: number;
}

interface Waiting {
  query: boolean;
  holds: Set<string>;
  unpaid: boolean;
}

const steps: Partial<Record<string, (waiting: Waiting, agency: string) => void>> = {
  QUERY: (waiting) => {
    waiting.query = true;
  },
  ANSWER: (waiting) => {
    waiting.query = false;
  },
  HOLD: (waiting, agency) => {
    waiting.holds.add(agency);
  },
  UNHOLD: (waiting, agency) => {
    waiting.holds.delete(agency);
  },
  ASSESS: (waiting) => {
    waiting.unpaid = true;
  },
  REOPEN: (waiting) => {
    waiting.unpaid = false;
  },
  GUARANTEE: (waiting) => {
    waiting.unpaid = false;
  },
  PAY: (waiting) => {
    waiting.unpaid = false;
  },
};

const segmentOf = (waiting: Waiting): keyof Segments => {
  if (waiting.query) return 'declarant';
  if (waiting.holds.size > 0) return 'agency';
  return waiting.unpaid ? 'bank' : 'customs';
};

/** Whole seconds a segment, between two UTC instants; events before the beginning only set the scene. */
export function segmentsBetween(history: History, from: string, to: string): Segments {
  const end = Date.parse(to);
  let now = Date.parse(from);
  const ms: Segments = { declarant: 0, agency: 0, bank: 0, customs: 0 };
  const waiting: Waiting = { query: false, holds: new Set(), unpaid: false };
  for (const event of history.events) {
    const at = Math.min(Date.parse(event.at), end);
    if (at > now) {
      ms[segmentOf(waiting)] += at - now;
      now = at;
    }
    steps[event.kind]?.(waiting, event.agency ?? '');
  }
  if (end > now) ms[segmentOf(waiting)] += end - now;
  return wholeSeconds(ms);
}

/** Rounded so that the four add up to the rounded whole: customs takes what rounding leaves. */
function wholeSeconds(ms: Segments): Segments {
  const whole = Math.round((ms.declarant + ms.agency + ms.bank + ms.customs) / 1000);
  const declarant = Math.round(ms.declarant / 1000);
  const agency = Math.round(ms.agency / 1000);
  const bank = Math.round(ms.bank / 1000);
  return { declarant, agency, bank, customs: Math.max(0, whole - declarant - agency - bank) };
}

/** When a query of the officer's waited for its answer, between two UTC instants: milliseconds, one after the other. */
export function queried(history: History, from: string, to: string): Span[] {
  const spans: Span[] = [];
  let open: number | undefined;
  const begin = Date.parse(from);
  const end = Date.parse(to);
  for (const event of history.events) {
    const at = Math.min(Math.max(Date.parse(event.at), begin), end);
    if (event.kind === 'QUERY') open ??= at;
    if (event.kind === 'ANSWER' && open !== undefined) {
      spans.push([open, at]);
      open = undefined;
    }
  }
  if (open !== undefined) spans.push([open, end]);
  return spans;
}
