/** What the engine's checker says against lets, handed to the lints by kind. */
import type { ExpressionProblem } from './language.ts';
import type { Complaint, Subject } from './lint.ts';

export function* letProblems(
  { vocabulary }: Subject,
  kinds: readonly ExpressionProblem['kind'][],
  fix: (problem: ExpressionProblem) => string | undefined,
): Generator<Complaint> {
  for (const { name, problems } of vocabulary.lets.values()) {
    for (const problem of problems) {
      if (kinds.includes(problem.kind))
        yield {
          path: ['let', name],
          character: problem.start,
          message: `${name}: ${problem.message}`,
          fix: fix(problem),
        };
    }
  }
}
