/** The worker of shadow verification: sheets in, hits of json-rules-engine out. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FactSheet } from '../facts/model.ts';
import { reasonOf } from './detection.ts';
import { itemNumber } from './explain.ts';
import { referenceOf } from './reference.ts';
import { key, type ShadowAnswer, type ShadowOptions } from './shadow-verify.ts';

const { rules, catalogue, shared } = workerData as Pick<ShadowOptions, 'rules' | 'catalogue' | 'shared'>;
const reference = referenceOf(rules, { catalogue, ...(shared === undefined ? {} : { shared }) });
const live = rules.filter(({ status }) => status === 'active' || status === 'shadow');

parentPort!.on('message', async (sheet: FactSheet) => {
  const start = performance.now();
  const milliseconds = (): number => performance.now() - start;
  let answer: ShadowAnswer;
  try {
    const hits = await reference.hits(sheet);
    const keys = hits.map(({ place, index }) =>
      key(live[place]!.id, index < 0 ? undefined : itemNumber(sheet.items, index)),
    );
    answer = { hits: keys, milliseconds: milliseconds() };
  } catch (thrown) {
    answer = { problem: reasonOf(thrown), milliseconds: milliseconds() };
  }
  parentPort!.postMessage(answer);
});
