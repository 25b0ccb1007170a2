/**
 * What speaks of a WCO declaration that is held elsewhere: the trader's further messages (function code 13: correction,
 * invalidation, presentation of goods) and the system's notifications (DMSACC to DMSGER). Each becomes an event of that
 * declaration, found by its MRN or LRN; everything that the event has no member for is kept under its `extra`.
 *
 * A notification says that something was decided, not by whom: events carry a role, never a user. Lanes are told by the
 * control that was ordered, in ASYCUDA's colours: red for a physical one, yellow for documents.
 */
import type { CountryProfile } from '../../declaration/country-profile.ts';
import type { Money } from '../../declaration/money.ts';
import type { Outcome, TrailEvent } from '../../declaration/trail.ts';
import { CrosscheckError } from '../../errors.ts';
import { codeOf, filled, integerOf, textOf } from '../fields.ts';
import { at, child, children, harvest, type XmlElement } from '../xml.ts';
import { amountOf, instantOf } from './context.ts';

export interface Answer {
  declaration: string;
  aliases: string[];
  trail: TrailEvent[];
  outcomes: Outcome[];
}

type EventParts = Partial<TrailEvent> & Pick<TrailEvent, 'kind'>;

interface Notification {
  /** Its name in CDS. */
  name: string;
  events: EventParts[];
  /** The element whose date is the event's; the day of issue where it is absent. */
  date?: string;
}

const system = { role: 'system' } as const;

/** The system's notifications by function code. */
export const notifications: Readonly<Record<string, Notification>> = {
  '01': {
    name: 'DMSACC',
    events: [{ kind: 'REGISTER', ...system, result: 'accepted' }],
    date: 'declaration/acceptancedatetime',
  },
  '02': { name: 'DMSRCV', events: [{ kind: 'LODGE', ...system, result: 'received' }] },
  // A rejection ends the lodgement of this message, not the declaration: an amendment can be rejected too.
  '03': {
    name: 'DMSREJ',
    events: [{ kind: 'LODGE', ...system, result: 'rejected' }],
    date: 'declaration/rejectiondatetime',
  },
  '05': {
    name: 'DMSCTL',
    events: [{ kind: 'LANE', ...system, to: 'red', control: 'physical' }],
  },
  '06': {
    name: 'DMSDOC',
    events: [
      { kind: 'LANE', ...system, to: 'yellow', control: 'documents' },
      { kind: 'QUERY', ...system, reason: 'documents requested' },
    ],
  },
  '07': { name: 'DMSRES', events: [{ kind: 'AMEND', ...system, result: 'applied' }] },
  '08': { name: 'DMSROG', events: [{ kind: 'RELEASE', ...system, result: 'released' }] },
  '09': { name: 'DMSCLE', events: [{ kind: 'RELEASE', ...system, result: 'cleared' }] },
  '10': {
    name: 'DMSINV',
    events: [{ kind: 'CANCEL', ...system, result: 'invalidated' }],
    date: 'declaration/cancellationdatetime',
  },
  '11': { name: 'DMSREQ', events: [{ kind: 'AMEND', ...system, result: 'request decided' }] },
  '13': { name: 'DMSTAX', events: [{ kind: 'ASSESS', ...system }] },
  '14': { name: 'DMSCPI', events: [{ kind: 'GUARANTEE', ...system, result: 'insufficient balance' }] },
  '15': { name: 'DMSCPR', events: [{ kind: 'GUARANTEE', ...system, result: 'reminder' }] },
  '16': {
    name: 'DMSEOG',
    events: [{ kind: 'EXIT', ...system, result: 'exited' }],
    date: 'status/effectivedatetime',
  },
  '18': { name: 'DMSGER', events: [{ kind: 'QUERY', ...system, reason: 'evidence of exit requested' }] },
};

/** The trader's further messages by type code. A request is not its granting: the result says so. */
export const requests: Readonly<Record<string, EventParts>> = {
  COR: { kind: 'AMEND', role: 'declarant', result: 'requested' },
  INV: { kind: 'CANCEL', role: 'declarant', result: 'requested' },
  GPR: { kind: 'ARRIVE', role: 'declarant', result: 'goods presented' },
};

const unknown = (leaf: XmlElement, code: string, known: object): CrosscheckError =>
  new CrosscheckError(
    'CC_FIELD_UNREADABLE',
    { path: leaf.name, value: JSON.stringify(code), expected: `one of ${Object.keys(known).join(', ')}` },
    { line: leaf.line, column: leaf.column },
  );

function namesOf(
  declaration: XmlElement,
  localReference: string | undefined,
): Pick<Answer, 'declaration' | 'aliases'> {
  const leaf = child(declaration, 'id');
  const aliases = [codeOf(leaf), localReference].filter((name) => name !== undefined);
  if (aliases[0] === undefined) {
    throw new CrosscheckError(
      'CC_FIELD_UNREADABLE',
      { path: 'Declaration', value: '""', expected: 'named by an ID or a FunctionalReferenceID' },
      { line: declaration.line, column: declaration.column },
    );
  }
  return { declaration: aliases[0], aliases };
}

/** Statements, errors and descriptions in the message's own words. */
function reasonOf(element: XmlElement): string | undefined {
  const statements = children(element, 'additionalinformation').map((info) =>
    textOf(child(info, 'statementdescription')),
  );
  const errors = children(element, 'error').map((error) => {
    const code = codeOf(child(error, 'validationcode'));
    const pointer = children(error, 'pointer').map((part) => {
      const names = [child(part, 'documentsectioncode'), child(part, 'tagid')].map(codeOf);
      return names.filter((name) => name !== undefined).join(' ');
    });
    const description = textOf(child(error, 'description'));
    const place = pointer.length === 0 ? undefined : `at ${pointer.join('/')}`;
    return [code, description, place].filter((part) => part !== undefined).join(' ');
  });
  const said = [...statements, ...errors].filter((part) => part !== undefined && part !== '');
  return said.length === 0 ? undefined : said.join('; ').slice(0, 2000);
}

/** What is owed by the tax lines of all items. */
function taxOf(declaration: XmlElement | undefined, profile: CountryProfile): Money | undefined {
  const items = children(child(declaration, 'goodsshipment'), 'governmentagencygoodsitem');
  const lines = items.flatMap((item) => children(child(item, 'commodity'), 'dutytaxfee'));
  const amounts = lines
    .map((line) => child(child(line, 'payment'), 'paymentamount'))
    .map((leaf) => {
      const amount = amountOf(leaf, profile);
      // Kept with its line under `extra` as well: the sum alone does not tell duty from VAT.
      if (leaf !== undefined) leaf.taken = false;
      return amount;
    })
    .filter((amount) => amount !== undefined);
  const [first] = amounts;
  if (first === undefined || amounts.some(({ currency }) => currency !== first.currency)) return undefined;
  return { amount: amounts.reduce((sum, { amount }) => sum + amount, 0), currency: first.currency };
}

/** What a correction by customs touched, by the section of the WCO model that its pointers name. */
const results: Readonly<Record<string, Outcome['result']>> = {
  '21A': 'hs', // Classification
  '41A': 'value', // CustomsValuation
  '65A': 'quantity', // GoodsMeasure
  '79A': 'value', // InvoiceLine
};

/**
 * DMSRES tells corrections. Those that answer the trader's own request repeat its statement; the others customs made
 * after its control, and what they touched in the items is what the control found.
 */
function outcomesOf(response: XmlElement, at: string): Outcome[] {
  const requested = children(response, 'additionalinformation').some(
    (info) => child(info, 'statementtypecode')?.text.trim() === 'AES',
  );
  if (requested) return [];
  const sections = children(response, 'amendment').flatMap((amendment) =>
    children(amendment, 'pointer').map((part) => child(part, 'documentsectioncode')?.text.trim() ?? ''),
  );
  const found = new Set(sections.map((section) => results[section]).filter((result) => result !== undefined));
  return [...found].map((result) => ({ control: 'physical', result, status: 'final', at }));
}

/** Throws CC_FIELD_UNREADABLE for a function code that is not known, or where no time is told. */
export function notificationAnswer(response: XmlElement, profile: CountryProfile): Answer {
  const leaf = child(response, 'functioncode')!;
  const code = codeOf(leaf)!.padStart(2, '0');
  const notification = Object.hasOwn(notifications, code) ? notifications[code] : undefined;
  if (notification === undefined) throw unknown(leaf, code, notifications);
  const declaration = child(response, 'declaration') ?? response;
  const names = namesOf(declaration, codeOf(child(declaration, 'functionalreferenceid')));
  const issued = instantOf(child(response, 'issuedatetime'), profile);
  const dated =
    notification.date === undefined ? undefined : instantOf(at(response, notification.date), profile);
  const when = dated ?? issued;
  if (when === undefined) {
    const place = { line: response.line, column: response.column };
    throw new CrosscheckError(
      'CC_FIELD_UNREADABLE',
      { path: 'IssueDateTime', value: '""', expected: 'a date and time in format 304' },
      place,
    );
  }
  const outcomes = code === '07' ? outcomesOf(response, when) : [];
  const message = codeOf(child(response, 'functionalreferenceid'));
  const status = codeOf(at(response, 'status/namecode'));
  const shared = filled<Partial<TrailEvent>>({
    enteredAt: issued !== undefined && issued !== when ? issued : undefined,
    reason: reasonOf(response),
    tax: code === '13' ? taxOf(declaration, profile) : undefined,
    version: integerOf(child(declaration, 'versionid')) || undefined,
    extra: { message: notification.name, ...filled({ status }), ...harvest(response) },
  });
  const trail = notification.events.map((event) => ({
    ...filled({ id: message && `${message}/${event.kind}` }),
    at: when,
    ...shared,
    ...event,
  }));
  return { ...names, trail, outcomes };
}

/** A further message of the trader. `receivedAt`: the event's time where the message does not tell it, which is then noted. */
export function requestAnswer(message: XmlElement, profile: CountryProfile, receivedAt: string): Answer {
  const leaf = child(message, 'typecode') ?? message;
  const type = codeOf(leaf) ?? '';
  const event = Object.hasOwn(requests, type) ? requests[type] : undefined;
  if (event === undefined) throw unknown(leaf, type, requests);
  codeOf(child(message, 'functioncode'));
  const names = namesOf(message, undefined);
  const reference = codeOf(child(message, 'functionalreferenceid'));
  const issued =
    instantOf(child(message, 'issuedatetime'), profile) ??
    instantOf(child(message, 'acceptancedatetime'), profile);
  const undated = issued === undefined ? { at: 'the message tells no time; this is when it was read' } : {};
  const shared = filled<Partial<TrailEvent>>({
    id: reference && `${reference}/${event.kind}`,
    reason: reasonOf(message),
    extra: filled({ ...undated, ...harvest(message) }),
  });
  return { ...names, trail: [{ at: issued ?? receivedAt, ...shared, ...event }], outcomes: [] };
}
