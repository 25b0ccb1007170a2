// The least Node by which the program runs, as package.json has it: an older one stops in the middle of its files, at a word
// that says nothing to whoever started it.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

export const leastNode = engines.node.replace(/^>=/, '');

export const tooOld = (version) => {
  const [have, least] = [version, leastNode].map((text) => text.split('.').map(Number));
  const at = least.findIndex((part, i) => part !== have[i]);
  return at >= 0 && have[at] < least[at];
};
