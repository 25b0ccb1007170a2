/** The operators of the rule language, by name: what json-rules-engine 7 has, then what it lacks. */

import { after } from './after.ts';
import { before } from './before.ts';
import { between } from './between.ts';
import { contains } from './contains.ts';
import { containsAll } from './containsAll.ts';
import { containsAny } from './containsAny.ts';
import { containsNone } from './containsNone.ts';
import { containsText } from './containsText.ts';
import { doesNotContain } from './doesNotContain.ts';
import { doesNotContainAll } from './doesNotContainAll.ts';
import { doesNotContainText } from './doesNotContainText.ts';
import { doesNotEndWith } from './doesNotEndWith.ts';
import { doesNotMatch } from './doesNotMatch.ts';
import { doesNotStartWith } from './doesNotStartWith.ts';
import { endsWith } from './endsWith.ts';
import { equal } from './equal.ts';
import { greaterThan } from './greaterThan.ts';
import { greaterThanInclusive } from './greaterThanInclusive.ts';
import { hasDuplicates } from './hasDuplicates.ts';
import { hasNoDuplicates } from './hasNoDuplicates.ts';
import { isIn } from './in.ts';
import { isEmpty } from './isEmpty.ts';
import { isMissing } from './isMissing.ts';
import { isNotEmpty } from './isNotEmpty.ts';
import { isPresent } from './isPresent.ts';
import { lengthEqual } from './lengthEqual.ts';
import { lengthGreaterThan } from './lengthGreaterThan.ts';
import { lengthGreaterThanInclusive } from './lengthGreaterThanInclusive.ts';
import { lengthLessThan } from './lengthLessThan.ts';
import { lengthLessThanInclusive } from './lengthLessThanInclusive.ts';
import { lengthNotEqual } from './lengthNotEqual.ts';
import { lessThan } from './lessThan.ts';
import { lessThanInclusive } from './lessThanInclusive.ts';
import { matches } from './matches.ts';
import { notBetween } from './notBetween.ts';
import { notEqual } from './notEqual.ts';
import { notIn } from './notIn.ts';
import { onOrAfter } from './onOrAfter.ts';
import { onOrBefore } from './onOrBefore.ts';
import type { Operator } from './operator.ts';
import { startsWith } from './startsWith.ts';

export const operators: ReadonlyMap<string, Operator> = new Map(
  [
    equal,
    notEqual,
    lessThan,
    lessThanInclusive,
    greaterThan,
    greaterThanInclusive,
    isIn,
    notIn,
    contains,
    doesNotContain,
    between,
    notBetween,
    before,
    onOrBefore,
    after,
    onOrAfter,
    startsWith,
    doesNotStartWith,
    endsWith,
    doesNotEndWith,
    containsText,
    doesNotContainText,
    matches,
    doesNotMatch,
    lengthEqual,
    lengthNotEqual,
    lengthLessThan,
    lengthLessThanInclusive,
    lengthGreaterThan,
    lengthGreaterThanInclusive,
    containsAny,
    containsNone,
    containsAll,
    doesNotContainAll,
    isEmpty,
    isNotEmpty,
    hasDuplicates,
    hasNoDuplicates,
    isMissing,
    isPresent,
  ].map((operator) => [operator.name, operator]),
);

/** Those that json-rules-engine itself has. */
export const libraryOperators: ReadonlySet<string> = new Set([
  'equal',
  'notEqual',
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
  'in',
  'notIn',
  'contains',
  'doesNotContain',
]);
