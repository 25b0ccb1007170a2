/** Phases of measuring people, office by office: proposed by one person and confirmed by another (DESIGN decision 14). */
import Type from 'typebox';
import {
  confirmPhase,
  listPhases,
  type Phase,
  type PhaseDocument,
  phases,
  proposePhase,
} from '../indicators/phase.ts';
import { inOneHand } from './auth/hands.ts';
import { demandOffice } from './caller.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { Day, problems, words } from './schemas.ts';

const Proposal = Type.Object(
  {
    office: Type.String({ minLength: 1, maxLength: 40 }),
    phase: Type.Enum(['descriptive', 'prescriptive']),
    from: Day('first day on which it holds; of a prescriptive phase, after the day of its confirmation'),
    grounds: Type.String({
      pattern: words,
      maxLength: 2000,
      description: 'decision or agreement it rests on',
    }),
  },
  { additionalProperties: false },
);

export const phaseRoutes: Resource = (app, { store, audit }) => {
  const tags = ['phases'];

  app.get('/v1/phases', { schema: { tags, summary: 'phases that were proposed or hold' } }, async () => ({
    data: await listPhases(store),
  }));

  app.post(
    '/v1/phases',
    {
      preValidation: jsonBody,
      schema: {
        tags,
        summary: 'propose a phase for an office',
        body: Proposal,
        response: problems(400, 403, 409),
      },
    },
    async (request, reply) => {
      const proposal = request.body as { office: string; phase: Phase; from: string; grounds: string };
      const { subject, role } = request.caller;
      const { office, ...detail } = proposal;
      demandOffice(request.caller, office);
      await audit.record({ subject, role, action: 'phase.propose', object: office, detail });
      const now = new Date().toISOString();
      const id = await proposePhase(store, { ...proposal, proposedBy: request.caller.subject }, now);
      return reply.code(201).send({ id, ...proposal });
    },
  );

  app.post(
    '/v1/phases/:id/confirm',
    {
      schema: {
        tags,
        summary: 'confirm what another person proposed',
        params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
        response: problems(403, 404, 409),
      },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const { subject, role } = request.caller;
      const proposal = (await store.collection<PhaseDocument>(phases).get(id))?.doc;
      if (proposal !== undefined) demandOffice(request.caller, proposal.office);
      // Recorded first: no phase may change without a trace.
      await audit.record({ subject, role, action: 'phase.confirm', object: id });
      const proposer = proposal?.proposedBy;
      const own = proposer !== undefined && (await inOneHand(store, proposer, subject));
      return confirmPhase(store, id, own ? proposer : subject, new Date().toISOString());
    },
  );
};
