/**
 * Contracts' mark sheets and training needs: figures on one person, for that person, the line manager and the integrity
 * unit, and only where the office is in the prescriptive phase (DESIGN decision 14). A sheet is drawn up, commented by
 * the person, countersigned by another than who drew it up, and issued. Every look at a named person is recorded, but
 * one's own. A caller is the officer whose account is the caller's subject.
 */
import Type from 'typebox';
import { type PersonDocument, people as peopleSpec } from '../check/collections.ts';
import { periodPattern, times } from '../declaration/dates.ts';
import { CrosscheckError } from '../errors.ts';
import type { Contract } from '../indicators/contracts/contract.ts';
import { gamingChecks } from '../indicators/contracts/gaming.ts';
import { boundsOfPeriod, firstPeriodFrom, periodsBefore } from '../indicators/contracts/periods.ts';
import {
  comment,
  countersign,
  drawUp,
  file,
  issue,
  type MarkSheet,
  sheets,
} from '../indicators/contracts/sheet.ts';
import { contractsIn } from '../indicators/contracts/shipped.ts';
import { trainingNeeds } from '../indicators/contracts/training.ts';
import { soundIndicators } from '../indicators/load.ts';
import { phasesAt, prescriptiveSince } from '../indicators/phase.ts';
import { demandWhole, isWhole } from '../indicators/removed.ts';
import { isOverEverywhere } from '../projections/calendar.ts';
import { officeDay } from '../projections/context.ts';
import { tables } from '../projections/fold.ts';
import type { CollectionSpec, Filter, Store } from '../store/port.ts';
import { inOneHand } from './auth/hands.ts';
import { type Caller, demandOffice, mayRead, ownOffices } from './caller.ts';
import { findQuery, listQuery, page } from './listing.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { Day, demandPeriod, problems, words } from './schemas.ts';

const Id = Type.Object({ id: Type.String({ maxLength: 400 }) });
const day = Day();
const Draw = Type.Object(
  {
    contract: Type.String({ maxLength: 100 }),
    subject: Type.String({
      minLength: 1,
      maxLength: 100,
      description: "the officer's surrogate, or the firm",
    }),
    period: Type.String({
      pattern: periodPattern,
      description: 'month or year, as the contract has it',
    }),
    office: Type.Optional(
      Type.String({ maxLength: 40, description: 'whose history sets the thresholds; needed for an officer' }),
    ),
  },
  { additionalProperties: false },
);
const Comment = Type.Object(
  {
    text: Type.String({ pattern: words, maxLength: 10_000 }),
    drawnUpAt: Type.Optional(
      Type.String({
        pattern: times.instant.pattern,
        description: 'as the sheet that was read has it: refused (409) where it was drawn up anew since',
      }),
    ),
  },
  { additionalProperties: false },
);
const Training = Type.Object(
  { officer: Type.String({ maxLength: 100 }), office: Type.String({ maxLength: 40 }), from: day, to: day },
  { additionalProperties: false },
);

/**
 * A sheet tells of a whole period under the contract: of one that runs, or lies outside, nobody is marked. Its days are those of
 * the office's clock.
 */
async function demandOver(
  store: Store,
  contract: Contract,
  { period, office }: { period: string; office?: string },
): Promise<void> {
  const { from, to } = boundsOfPeriod(period);
  const refuse = (problem: string) => new CrosscheckError('CC_BAD_ARGUMENT', { name: 'period', problem });
  const now = new Date().toISOString();
  const isOver =
    office === undefined ? isOverEverywhere(to, now) : to < (await officeDay(store, office, now));
  if (!isOver) throw refuse(`${period} is not over`);
  if (from < contract.from || to > contract.to)
    throw refuse(`${contract.id} is in force from ${contract.from} to ${contract.to}`);
}

/** A misspelt name would have a sheet of no marks; an officer whom the roster names and who did nothing has one with reason. */
async function demandKnown(
  store: Store,
  { party }: Contract,
  { subject, office }: { subject: string; office?: string },
): Promise<void> {
  const named = (spec: CollectionSpec, where: Filter) => store.collection(spec).count(where);
  const isKnown =
    party === 'officer'
      ? (await named(peopleSpec, { column: 'officer', op: 'eq', value: subject })) > 0 ||
        (await named(tables.act.spec, {
          and: [
            { column: 'officer', op: 'eq', value: subject },
            { column: 'office', op: 'eq', value: office ?? '' },
          ],
        })) > 0
      : (await named(tables.clearance.spec, { column: party, op: 'eq', value: subject })) > 0;
  if (!isKnown) throw new CrosscheckError('CC_SUBJECT_UNKNOWN', { party, subject });
}

export const sheetRoutes: Resource = (app, { store, figures: source, audit, projected }) => {
  const tags = ['contracts'];
  const { definitions } = soundIndicators();
  const contracts = contractsIn(definitions);
  const collection = store.collection<MarkSheet>(sheets);
  const now = (): string => new Date().toISOString();

  /** Who the caller is in the stores: an officer's surrogate, or a firm by its own name. */
  async function personOf({ role, subject }: Caller): Promise<string | undefined> {
    // A key stands for a system; a token names the account, which is the one that the trail names.
    const account = subject.replace(/^oidc:/, '');
    if (role === 'declarant') return account;
    return (await store.collection<PersonDocument>(peopleSpec).get(account))?.doc.officer;
  }

  /** A contract that is gone may have been one of officers: its sheets stay as close as theirs. */
  const isOfOfficer = ({ contract }: Pick<MarkSheet, 'contract'>): boolean =>
    (contracts.get(contract)?.party ?? 'officer') === 'officer';

  /** Roles that read sheets of other people; the others read their own. */
  const readsOthers = ({ role }: Caller): boolean => role !== 'officer' && role !== 'declarant';

  /**
   * Sheets that a list may hold: an office that measures itself alone, or has gone back to it, has none of its officers. They
   * are left out where the store looks, since a filter, an order or a cursor would tell whose they are.
   */
  async function named(person: string | undefined): Promise<Filter> {
    const ofFirms = [...contracts.values()].filter(({ party }) => party !== 'officer').map(({ id }) => id);
    return {
      or: [
        { column: 'contract', op: 'in', value: ofFirms },
        { column: 'subject', op: 'in', value: person === undefined ? [] : [person] },
        ...[...(await prescriptiveSince(store, now()))].map(
          ([office, from]): Filter => ({
            and: [
              { column: 'office', op: 'eq', value: office },
              { column: 'period', op: 'ge', value: firstPeriodFrom(from) },
            ],
          }),
        ),
      ],
    };
  }

  /** @param since first day of what is shown */
  async function demandPrescriptive(
    caller: Caller,
    office: string,
    what: string,
    since: string,
  ): Promise<void> {
    demandOffice(caller, office);
    const phaseOf = await phasesAt(store, now());
    if (phaseOf(office, since) !== 'prescriptive')
      throw new CrosscheckError('CC_PHASE_DESCRIPTIVE', { indicator: what });
  }

  /** First day of the months up to a period's own in all of which the office names people and nothing was removed. */
  async function namedFrom(office: string, period: string): Promise<string> {
    const phaseOf = await phasesAt(store, now());
    let { from } = boundsOfPeriod(period);
    for (let month = from.slice(0, 7), back = 0; back < 60; back++) {
      month = periodsBefore(month, 1);
      const first = `${month}-01`;
      if (phaseOf(office, first) !== 'prescriptive' || !(await isWhole(store, first, from))) break;
      from = first;
    }
    return from;
  }

  const recorded = ({ subject, role }: Caller, action: string, object: string) =>
    audit.record({ subject, role, action, object });

  const contractOf = (id: string): Contract => {
    const contract = contracts.get(id);
    if (contract === undefined) throw new CrosscheckError('CC_NOT_FOUND', { what: 'contract', id });
    return contract;
  };

  /** The sheet, where the caller may read it: another's is not there for who reads his own alone. */
  async function wanted(caller: Caller, id: string): Promise<MarkSheet> {
    const sheet = (await collection.get(id))?.doc;
    const own = sheet !== undefined && (await personOf(caller)) === sheet.subject;
    const other =
      sheet !== undefined &&
      readsOthers(caller) &&
      (caller.offices === undefined || mayRead(caller, sheet.office));
    if (sheet === undefined || !(own || other))
      throw new CrosscheckError('CC_NOT_FOUND', { what: 'mark sheet', id });
    if (!own) {
      // An office that went back to measuring itself shows no person any more.
      if (sheet.office !== undefined && isOfOfficer(sheet))
        await demandPrescriptive(
          caller,
          sheet.office,
          `mark sheet ${sheet.contract}`,
          boundsOfPeriod(sheet.period).from,
        );
      await recorded(caller, 'sheet.read', sheet.id);
    }
    return sheet;
  }

  app.get(
    '/v1/contracts',
    {
      schema: {
        tags,
        summary: 'the contracts in force: objectives, thresholds, counter-indicators, gaming checks',
      },
    },
    async ({ caller }) =>
      caller.role === 'declarant'
        ? { data: [...contracts.values()].filter(({ party }) => party !== 'officer'), gaming: [] }
        : { data: [...contracts.values()], gaming: [...gamingChecks().values()] },
  );

  app.get(
    '/v1/mark-sheets',
    { schema: { tags, summary: 'mark sheets: their state and marks', querystring: listQuery(sheets) } },
    async (request) => {
      const { caller } = request;
      const person = await personOf(caller);
      const also: Filter[] = readsOthers(caller)
        ? ownOffices(caller)
        : [{ column: 'subject', op: 'in', value: person === undefined ? [] : [person] }];
      if (readsOthers(caller)) await recorded(caller, 'sheet.list', 'mark sheets');
      if (readsOthers(caller) && caller.role !== 'local') also.push(await named(person));
      const query = findQuery(sheets, request.query as Record<string, unknown>, also);
      return page(
        collection,
        query,
        ({ results: _, comment: __, gaming: ___, earlier: ____, ...sheet }) => sheet,
      );
    },
  );

  app.post(
    '/v1/mark-sheets',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: 'draw up a sheet from figures and the history of the office',
        body: Draw,
        response: problems(400, 404, 409),
      },
    },
    async (request, reply) => {
      const { caller } = request;
      const asked = request.body as { contract: string; subject: string; period: string; office?: string };
      const contract = contractOf(asked.contract);
      if ((contract.sheet === 'month') !== (asked.period.length === 7)) {
        const problem = `${contract.id} has a sheet every ${contract.sheet}, and ${asked.period} is none`;
        throw new CrosscheckError('CC_BAD_ARGUMENT', { name: 'period', problem });
      }
      await demandOver(store, contract, asked);
      if (contract.party === 'officer') {
        if (asked.office === undefined)
          throw new CrosscheckError('CC_OFFICE_NEEDED', { indicator: contract.id });
        await demandPrescriptive(
          caller,
          asked.office,
          `contract ${contract.id}`,
          boundsOfPeriod(asked.period).from,
        );
      } else demandOffice(caller, asked.office ?? null);
      await projected();
      await demandKnown(store, contract, asked);
      const { from, to } = boundsOfPeriod(asked.period);
      await demandWhole(store, from, to);
      const sheet = await drawUp(source, definitions, {
        contract,
        subject: asked.subject,
        period: asked.period,
        ...(asked.office === undefined ? {} : { office: asked.office }),
        drawnUpBy: caller.subject,
        at: new Date().toISOString(),
        today: now().slice(0, 10),
        isWhole: (first, last) => isWhole(store, first, last),
        ...(contract.party === 'officer' ? { namedFrom: await namedFrom(asked.office!, asked.period) } : {}),
      });
      await recorded(caller, 'sheet.draw-up', sheet.id);
      return reply.code(201).send(await file(store, sheet));
    },
  );

  app.get(
    '/v1/mark-sheets/:id',
    { schema: { tags, summary: 'one mark sheet, whole', params: Id, response: problems(404, 409) } },
    async (request) => wanted(request.caller, (request.params as { id: string }).id),
  );

  app.post(
    '/v1/mark-sheets/:id/comment',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: "the person's own words, without which a sheet goes no further",
        params: Id,
        body: Comment,
        response: problems(400, 404, 409),
      },
    },
    async (request) => {
      const { caller } = request;
      const sheet = await wanted(caller, (request.params as { id: string }).id);
      const { text, drawnUpAt } = request.body as { text: string; drawnUpAt?: string };
      const by = (await personOf(caller)) ?? caller.subject;
      await recorded(caller, 'sheet.comment', sheet.id);
      return comment(store, sheet.id, { by, text, at: new Date().toISOString(), drawnUpAt });
    },
  );

  app.post(
    '/v1/mark-sheets/:id/countersign',
    {
      schema: {
        tags,
        summary: 'countersign a commented sheet: neither who drew it up nor the person it is about',
        params: Id,
        response: problems(404, 409),
      },
    },
    async (request) => {
      const { caller } = request;
      const sheet = await wanted(caller, (request.params as { id: string }).id);
      await recorded(caller, 'sheet.countersign', sheet.id);
      // The person is told by account and by surrogate alike.
      const isSubject = (await personOf(caller)) === sheet.subject;
      const isDrawer = await inOneHand(store, sheet.drawnUpBy, caller.subject);
      const by = isDrawer ? sheet.drawnUpBy : caller.subject;
      return countersign(store, sheet.id, isSubject ? sheet.subject : by);
    },
  );

  app.post(
    '/v1/mark-sheets/:id/issue',
    {
      schema: {
        tags,
        summary: 'issue a countersigned sheet: it stays as it is',
        params: Id,
        response: problems(404, 409),
      },
    },
    async (request) => {
      const { caller } = request;
      const sheet = await wanted(caller, (request.params as { id: string }).id);
      await recorded(caller, 'sheet.issue', sheet.id);
      return issue(store, sheet.id, new Date().toISOString());
    },
  );

  app.get(
    '/v1/training-needs',
    {
      schema: {
        tags,
        summary: "what an officer's controls miss, by subject, beside what they find",
        querystring: Training,
        response: problems(404, 409),
      },
    },
    async (request) => {
      const { caller } = request;
      const { officer, office, from, to } = request.query as Record<
        'officer' | 'office' | 'from' | 'to',
        string
      >;
      demandPeriod({ from, to });
      if ((await personOf(caller)) !== officer) {
        if (!readsOthers(caller)) throw new CrosscheckError('CC_NOT_FOUND', { what: 'officer', id: officer });
        await demandPrescriptive(caller, office, 'training needs', from);
        await recorded(caller, 'training.read', officer);
      }
      await projected();
      return { officer, office, from, to, data: await trainingNeeds(store, officer, { from, to, office }) };
    },
  );
};
