/** RL502: only a warning, so that the passing of a day takes no rulebook out of force. */
import type { Lint } from './lint.ts';

export const reviewPast: Lint = {
  code: 'RL502',
  name: 'review-past',
  severity: 'warning',
  finds: 'a review date that has passed; retired rules are left alone',
  about: 'rules',
  *check({ raw }, { today }) {
    const { review, status, owner } = raw;
    if (
      typeof review !== 'string' ||
      !/^\d{4}-\d\d-\d\d$/.test(review) ||
      review >= today ||
      status === 'retired'
    )
      return;
    yield {
      path: ['review'],
      message: `the review was due on ${review}`,
      fix: `Let ${typeof owner === 'string' ? owner : 'the owner'} look at its hits and its legal basis, then set the next date; or retire it.`,
    };
  },
};
