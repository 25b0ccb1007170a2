/**
 * The monthly management report as a page to print (src/indicators/export/report/page.ts). Made by POST, for what is printed is
 * frozen as an edition; who is good for some offices prints theirs, and freezes nothing. Criteria that the caller must not
 * know of are left out, and officers stand as the phases of their offices let them be read.
 */
import Type from 'typebox';
import { monthPattern } from '../declaration/dates.ts';
import { monthlyReport } from '../indicators/export/monthly.ts';
import { reportHtml } from '../indicators/export/report/page.ts';
import { soundIndicators } from '../indicators/load.ts';
import type { Language } from '../indicators/show.ts';
import { rulesKeptFrom } from './caller.ts';
import { keptRules, officesOf } from './kept.ts';
import { jsonBody } from './messages.ts';
import type { Resource } from './resource.ts';
import { problems } from './schemas.ts';

const Print = Type.Object(
  {
    period: Type.String({ pattern: monthPattern, description: 'month' }),
    language: Type.Optional(Type.Enum(['en', 'fr'], { default: 'en' })),
    administration: Type.Optional(Type.String({ maxLength: 200, description: 'name on the page' })),
    withPeople: Type.Optional(
      Type.Boolean({
        description: 'by officer where an indicator is told so, in offices whose phase allows it',
      }),
    ),
  },
  { additionalProperties: false },
);

export const reportRoutes: Resource = (
  app,
  { store, desk, figures: source, audit, projected, publicUrl },
) => {
  app.post(
    '/v1/reports',
    {
      preValidation: jsonBody,
      schema: {
        tags: ['editions'],
        summary: 'the monthly management report, as HTML that prints well; its figures are frozen',
        body: Print,
        produces: ['text/html'],
        response: problems(400),
      },
    },
    async (request, reply) => {
      const { caller } = request;
      const { subject, role } = caller;
      const asked = request.body as {
        period: string;
        language?: Language;
        administration?: string;
        withPeople?: boolean;
      };
      const { period, language = 'en', administration = '', withPeople = false } = asked;
      await audit.record({ subject, role, action: 'report.print', object: period, detail: { withPeople } });
      const kept = rulesKeptFrom(caller, desk.rulebook().rules);
      await projected();
      const report = await monthlyReport(store, source, soundIndicators().definitions.values(), {
        period,
        administration,
        madeAt: new Date().toISOString(),
        language,
        withPeople,
        where: (definition, by) => [...officesOf(caller), ...keptRules(definition, by, [], kept)],
        whole: caller.offices === undefined,
        hidden: kept,
      });
      return reply
        .code(201)
        .type('text/html; charset=utf-8')
        .send(reportHtml({ ...report, service: publicUrl ?? `${request.protocol}://${request.host}` }));
    },
  );
};
