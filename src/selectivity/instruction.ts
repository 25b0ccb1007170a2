/** What an answer tells the officer to do: the control of the lane, and what to look at. Pure. */
import type { Finding } from '../engine/finding.ts';
import type { Texts } from '../rules/model.ts';
import { selects } from './decide.ts';
import type { Lane, Profile } from './model.ts';

export interface Instruction {
  control: Lane['control'];
  /** By language. */
  text: Texts;
  /** Which findings to look at, heaviest first; those that the reader may not see are not among them. */
  look: { rule: string; item?: number }[];
}

/** Where the profile does not word it. */
const usual: Readonly<Record<Lane['control'], Texts>> = {
  none: { en: 'No control before release.', fr: 'Aucun contrôle avant mainlevée.' },
  'post-clearance': {
    en: 'Release; to be audited after release.',
    fr: 'Mainlevée ; contrôle a posteriori à faire.',
  },
  documents: {
    en: 'Check the documents before release.',
    fr: 'Contrôler les documents avant mainlevée.',
  },
  scan: { en: 'Scan the goods before release.', fr: 'Passer les marchandises au scanner avant mainlevée.' },
  physical: {
    en: 'Examine the goods before release.',
    fr: 'Visiter les marchandises avant mainlevée.',
  },
};

/** The instruction of a lane; undefined for a lane that the profile does not have any more. */
export function instructionFor(
  profile: Profile,
  lane: string,
  findings: readonly Finding[],
): Instruction | undefined {
  const found = profile.lanes.find(({ code }) => code === lane);
  if (found === undefined) return undefined;
  const { control, instruction } = found;
  const look = findings
    .filter(selects)
    .sort((a, b) => b.weight - a.weight)
    .map(({ rule, item }) => (item === undefined ? { rule } : { rule, item }));
  return { control, text: instruction ?? usual[control], look: control === 'none' ? [] : look };
}
