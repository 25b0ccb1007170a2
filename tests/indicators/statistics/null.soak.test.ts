/** Two hundred small administrations without misconduct, under every assignment rule: flags are no more frequent than the rate that is stated. */
import { describe, expect, it } from 'vitest';
import { nullTest } from '../../../bench/detection/null.ts';
import { clopperPearson } from '../../../src/indicators/statistics/binomial.ts';
import { usualDiscoveryRate } from '../../../src/indicators/statistics/verdict.ts';
import { type AssignmentRule, assignmentRules } from '../../../src/simulate/options.ts';

const administrations = 200;

/** Where the chief chooses no pair is told; a section of these has three officers, too few to tell a time of work from. */
const untold: Partial<Record<AssignmentRule, string>> = { chief: 'I29 pairs', section: 'I08 time in hands' };

describe('the false discovery rate where there is nothing to discover', () => {
  it.each(assignmentRules)('is not above the stated one under the rule: %s', async (rule) => {
    for (const { family, runs, alarms, tested, flagged } of await nullTest(rule, administrations)) {
      // One-sided 95 % limit: only what chance hardly explains is a failure.
      const { low } = clopperPearson(alarms, runs, 0.9);
      console.log(
        `${rule}, ${family}: ${alarms} of ${runs} administrations with a flag; ${flagged} of ${tested} units`,
      );
      expect(runs === 0 || low <= usualDiscoveryRate, `${family}: ${alarms} of ${runs}`).toBe(true);
      // There has to be somebody to tell of, except where it is known why there is nobody.
      expect(runs > 20 || untold[rule] === family, family).toBe(true);
    }
  });
});
