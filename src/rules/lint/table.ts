/** Every lint there is, in the order of the codes; docs/lints.md and its test follow this table. */
import { alwaysHolds } from './always-holds.ts';
import { appliesToNothing } from './applies-to-nothing.ts';
import { audienceLeak } from './audience-leak.ts';
import { codeForm } from './code-form.ts';
import { conditionKey } from './condition-key.ts';
import { decorator } from './decorator.ts';
import { emptyGroup } from './empty-group.ts';
import { everyOfNone } from './every-of-none.ts';
import { examplesProveNothing } from './examples-prove-nothing.ts';
import { factParameters } from './fact-parameters.ts';
import { fileName } from './file-name.ts';
import { foreignRule } from './foreign-rule.ts';
import { incompleteCondition } from './incomplete-condition.ts';
import { itemScopeUnused } from './item-scope-unused.ts';
import { jsonPath } from './json-path.ts';
import { jurisdiction } from './jurisdiction.ts';
import { legalBasis } from './legal-basis.ts';
import { letCircular } from './let-circular.ts';
import { letName } from './let-name.ts';
import { letSyntax } from './let-syntax.ts';
import { letType } from './let-type.ts';
import { letUnknownName } from './let-unknown-name.ts';
import { letUnused } from './let-unused.ts';
import type { Lint } from './lint.ts';
import { messageSaysNothing } from './message-says-nothing.ts';
import { messageUnknownValue } from './message-unknown-value.ts';
import { missingKey } from './missing-key.ts';
import { missingLanguage } from './missing-language.ts';
import { mixedGroup } from './mixed-group.ts';
import { neverHolds } from './never-holds.ts';
import { numberForm } from './number-form.ts';
import { officerInRiskRule } from './officer-in-risk-rule.ts';
import { oneRuleAFile } from './one-rule-a-file.ts';
import { operandDate } from './operand-date.ts';
import { operandFact } from './operand-fact.ts';
import { operandList } from './operand-list.ts';
import { operandValue } from './operand-value.ts';
import { pattern } from './pattern.ts';
import { priority } from './priority.ts';
import { redundant } from './redundant.ts';
import { reviewDate } from './review-date.ts';
import { reviewPast } from './review-past.ts';
import { sameId } from './same-id.ts';
import { sameItem } from './same-item.ts';
import { sameRule } from './same-rule.ts';
import { sharedName } from './shared-name.ts';
import { tooDeep } from './too-deep.ts';
import { unitMismatch } from './unit-mismatch.ts';
import { unknownCountry } from './unknown-country.ts';
import { unknownFact } from './unknown-fact.ts';
import { unknownKey } from './unknown-key.ts';
import { unknownOperator } from './unknown-operator.ts';
import { wrongValue } from './wrong-value.ts';

export const lints: readonly Lint[] = [
  unknownKey,
  missingKey,
  wrongValue,
  foreignRule,
  oneRuleAFile,
  fileName,
  sameId,
  emptyGroup,
  mixedGroup,
  conditionKey,
  priority,
  jsonPath,
  incompleteCondition,
  tooDeep,
  sharedName,
  unknownFact,
  unknownOperator,
  decorator,
  factParameters,
  operandFact,
  operandValue,
  operandList,
  operandDate,
  pattern,
  unitMismatch,
  sameItem,
  everyOfNone,
  itemScopeUnused,
  codeForm,
  numberForm,
  unknownCountry,
  letSyntax,
  letUnknownName,
  letType,
  letUnused,
  letCircular,
  letName,
  neverHolds,
  alwaysHolds,
  redundant,
  sameRule,
  reviewDate,
  reviewPast,
  missingLanguage,
  messageSaysNothing,
  messageUnknownValue,
  appliesToNothing,
  legalBasis,
  officerInRiskRule,
  audienceLeak,
  examplesProveNothing,
  jurisdiction,
];

/** What the reader of a file finds before there is anything to lint. */
export const unreadable = {
  code: 'RL001',
  name: 'unreadable',
  severity: 'error',
  finds: 'a file that is no YAML, or has a key twice',
} as const;
