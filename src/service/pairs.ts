/**
 * Pairs of officer or assigner and declarant (I29) over a period, told anew from the rows; months are frozen as editions.
 * For those who read findings on officers alone, and each look is recorded.
 */
import Type from 'typebox';
import { CrosscheckError } from '../errors.ts';
import { assignmentKnowledge } from '../indicators/assignment.ts';
import { flatPairs } from '../indicators/export/edition-lines.ts';
import { isPairs } from '../indicators/frozen.ts';
import { minimumOf } from '../indicators/judge.ts';
import { definitionOf, soundIndicators } from '../indicators/load.ts';
import { type PairSide, type PairTable, pairTable } from '../indicators/pairs.ts';
import { pairsInPhase } from '../indicators/pairs-in-phase.ts';
import { phasesAt, surrogateKey } from '../indicators/phase.ts';
import { demandOffice, readsOfficers } from './caller.ts';
import { Format, sendFlat } from './flat.ts';
import type { Resource } from './resource.ts';
import { Day, demandPeriod, problems } from './schemas.ts';

/** Checks wait while pairs are worked out: of a longer time they are asked in parts, or read from editions. */
const mostDays = 100;

const Pairs = Type.Object(
  {
    from: Day(),
    to: Day(`at most ${mostDays} days later`),
    side: Type.Optional(Type.Enum(['officer', 'assigner'], { default: 'officer' })),
    office: Type.Optional(Type.String({ maxLength: 40, description: 'all where absent' })),
    format: Format('one line a pair'),
  },
  { additionalProperties: false },
);

type Asked = { from: string; to: string; side?: PairSide; office?: string; format?: Format };

export const pairRoutes: Resource = (app, { store, audit }) => {
  const loaded = soundIndicators();

  async function inPhase(table: PairTable, period: string): Promise<PairTable> {
    const [phaseOf, key] = await Promise.all([
      phasesAt(store, new Date().toISOString()),
      surrogateKey(store),
    ]);
    return pairsInPhase(table, period, { phaseOf, key });
  }

  app.get(
    '/v1/indicators/:id/pairs',
    {
      schema: {
        tags: ['indicators'],
        summary: 'who meets whom oftener than the assignment rule in force explains, over a period',
        params: Type.Object({ id: Type.String({ maxLength: 40 }) }),
        querystring: Pairs,
        response: problems(400, 404, 409),
      },
    },
    async (request, reply) => {
      const { caller } = request;
      const { id } = request.params as { id: string };
      const definition = definitionOf(loaded, id);
      if (!isPairs(definition) || !readsOfficers(caller))
        throw new CrosscheckError('CC_NOT_FOUND', { what: 'indicator on pairs', id });
      const asked = request.query as Asked;
      const { from, to, side = 'officer', office, format = 'json' } = asked;
      demandPeriod(asked);
      if (Date.parse(to) - Date.parse(from) > mostDays * 86_400_000) {
        const problem = `pairs are told of at most ${mostDays} days at a time`;
        throw new CrosscheckError('CC_BAD_ARGUMENT', { name: 'to', problem });
      }
      demandOffice(caller, office ?? null);
      const { subject, role } = caller;
      const object = [definition.id, side, `${from}/${to}`, office ?? 'all'].join('|');
      await audit.record({ subject, role, action: 'pairs.read', object });
      const knowledge = await assignmentKnowledge(store, from, to);
      const table = await pairTable(store, {
        from,
        to,
        side,
        knowledge,
        minimum: minimumOf(definition),
        ...(office === undefined ? {} : { office }),
      });
      const told = caller.role === 'local' ? table : await inPhase(table, `${from}/${to}`);
      return format === 'json' ? told : sendFlat(reply, flatPairs(told), format);
    },
  );
};
