/** Red declarations that are released although nobody examined them (customs-practice 5.19, Sri Lanka 2025). */
import type { Case } from '../case.ts';
import { drop, stepOf } from './deeds.ts';
import { culprits, type Misconduct } from './model.ts';

const pattern = 'red-without-examination';

export const redWithoutExamination: Misconduct = {
  pattern,
  meaning: 'red declarations are assessed and released without scan or examination',
  plant: (scene, random, { rate, strength }) => {
    const officers = culprits(random, scene.examiners, rate);
    const chosen = new WeakSet<Case>();
    return {
      who: officers.map((officer) => ({ officer: officer.id, office: officer.office.id })),
      handle: (c, own) => {
        const { conduct } = c;
        if (conduct.lane !== 'red' || conduct.examiner === undefined || !officers.includes(conduct.examiner))
          return;
        if (conduct.reroute !== undefined || !own.chance(strength)) return;
        chosen.add(c);
        conduct.attention = 0;
        conduct.queries = false;
      },
      steps: (c) => {
        // Another officer may have taken it out of red before.
        if (!chosen.has(c) || c.conduct.reroute !== undefined) return;
        drop(c, (step) => ['INSPECT', 'SCAN'].includes(step.kind) || step.cause === 'control-closed');
        c.findings = c.findings.filter((finding) => finding.control === 'post-clearance');
        const release = stepOf(c, 'RELEASE');
        if (release !== undefined) c.planted.set(pattern, release.at);
      },
    };
  },
};
