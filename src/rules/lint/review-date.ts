/** RL501: a rule that nobody looks at again goes on accusing people after the law has changed. */
import { isDay } from '../../declaration/dates.ts';
import type { Lint } from './lint.ts';

export const reviewDate: Lint = {
  code: 'RL501',
  name: 'review-date',
  severity: 'error',
  finds: 'a review date that is missing or no day of the calendar',
  about: 'rules',
  *check({ raw, foreign }) {
    const { review } = raw;
    if (review === undefined || review === null) {
      if (foreign) return;
      yield {
        path: 'review' in raw ? ['review'] : [],
        message: 'the rule has no review date',
        fix: 'Write `review: YYYY-MM-DD`: the day by which its owner looks at it again, a year ahead at most.',
      };
    } else if (!isDay(String(review)))
      yield {
        path: ['review'],
        message: `${JSON.stringify(review)} is no day`,
        fix: 'Write `review: YYYY-MM-DD`, a day of the calendar.',
      };
  },
};
