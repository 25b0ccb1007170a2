/** Short forms for trails in tests: `at('03 09:00')` is the third of March 2026, nine o'clock in an office one hour ahead of UTC. */
import type { DeclarationDocument, EventDocument, OutcomeDocument } from '../../src/check/collections.ts';
import type { CheckDocument } from '../../src/check/document.ts';
import { nothingAsked } from '../../src/check/evidence.ts';
import type { Declaration } from '../../src/declaration/declaration.ts';
import type { EventKind } from '../../src/declaration/trail.ts';
import type { Finding } from '../../src/engine/finding.ts';

export const local = (time: string, month = '03'): string => {
  const [day, clock] = time.split(' ');
  return `2026-${month}-${day}T${clock}:00+01:00`;
};
export const utc = (instant: string): string => new Date(instant).toISOString();
export const euros = (amount: number) => ({ amount: amount * 100, currency: 'EUR' });

let serial = 0;

type EventExtra = Partial<Omit<EventDocument, 'kind' | 'at' | 'local'>>;

/** `event('ASSESS', '03 09:00', 'anna', { tax: euros(100) })` */
export function event(
  kind: EventKind,
  time: string,
  officer: string | null = null,
  extra: EventExtra = {},
): EventDocument {
  serial += 1;
  return {
    id: `E${String(serial).padStart(4, '0')}`,
    kind,
    declaration: 'D1',
    at: utc(local(time)),
    local: local(time),
    enteredAt: null,
    officer,
    recordedAt: utc(local(time)),
    ...extra,
  };
}

export function outcome(time: string, extra: Partial<OutcomeDocument> = {}): OutcomeDocument {
  serial += 1;
  return {
    id: `U${String(serial).padStart(4, '0')}`,
    declaration: 'D1',
    office: 'PORT',
    control: 'physical',
    result: 'conform',
    status: 'final',
    at: utc(local(time)),
    local: local(time),
    enteredAt: null,
    officer: null,
    recordedAt: utc(local(time)),
    ...extra,
  };
}

export function version(
  number: number,
  duty: number | undefined,
  extra: Partial<Declaration> = {},
): DeclarationDocument {
  const declaration: Declaration = {
    format: 'json',
    office: 'PORT',
    flow: 'import',
    type: 'IM',
    generalProcedure: '4',
    currency: 'EUR',
    items: [
      {
        number: 1,
        hs: '85171300',
        origin: 'CN',
        procedure: '4000',
        netMass: 10,
        cif: euros(1000),
        ...(duty === undefined ? {} : { taxTotal: euros(duty) }),
      },
    ],
    ...extra,
  };
  return {
    id: `D1#${number}`,
    reference: 'D1',
    version: number,
    provisional: false,
    content: `content ${number}`,
    office: declaration.office ?? null,
    flow: declaration.flow,
    declarant: 'BROKER',
    consignee: 'TRADER',
    consignor: 'SELLER',
    occurredAt: utc(local('01 08:00')),
    recordedAt: utc(local(`0${number} 08:00`)),
    declaration,
  };
}

export function finding(rule: string, extra: Partial<Finding> = {}): Finding {
  return {
    rule,
    version: 1,
    kind: 'consistency',
    class: 'error',
    risk: 'revenue',
    audience: 'examiner',
    weight: 10,
    message: { en: rule },
    values: {},
    explanation: { all: [], result: true },
    ...extra,
  };
}

export function check(time: string, findings: Finding[], extra: Partial<CheckDocument> = {}): CheckDocument {
  serial += 1;
  return {
    id: `C${String(serial).padStart(4, '0')}`,
    schema: 1,
    key: `K${serial}`,
    declaration: 'D1',
    version: 1,
    content: 'content 1',
    office: 'PORT',
    flow: 'import',
    stage: 'registration',
    occurredAt: utc(local(time)),
    recordedAt: utc(local(time)),
    versions: { engine: '1', rulebook: 'r', profile: 'p', country: 'c' },
    evidence: nothingAsked,
    score: 0,
    lane: 'green',
    reasons: [],
    ordinal: 0,
    findings,
    holes: '',
    ...extra,
  };
}
