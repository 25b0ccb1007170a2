/**
 * Figures for many who look at once: answers come from roll-ups where they can, and a query that was answered stays
 * answered until the rows move, so that a hundred screens on one indicator cost one query.
 */
import { contentHash } from '../ground/canonical.ts';
import type { Groups, Store } from '../store/port.ts';
import type { Definition } from './definition.ts';
import { type Source, sourceOf } from './figure.ts';
import { rollupSource } from './rollup.ts';
import { layoutOf } from './rollup-layout.ts';
import { dropForsaken } from './rollup-tables.ts';

export interface LiveFigures {
  source: Source;
  /** To be called when projections have moved: brings the roll-ups up and forgets old answers. Answers whether rows had moved. */
  follow(): Promise<boolean>;
  /** A step of making roll-ups that were asked for the first time, or of reading them into memory; true where there may be more. */
  prepare(): Promise<boolean>;
}

/** More different questions than screens ask between two writes. */
const mostAnswers = 1_000;

export function liveFigures(store: Store, definitions: Iterable<Definition>): LiveFigures {
  const layout = layoutOf(definitions);
  const rows = sourceOf(store);
  const rollups = rollupSource(store, layout, rows);
  // Until they have been brought up once, roll-ups say nothing of what was written before.
  let ready = false;
  const answers = new Map<string, Promise<Groups>>();
  return {
    source: {
      tabulate(asked) {
        const key = contentHash([asked.table, asked.query]);
        const known = answers.get(key);
        if (known !== undefined) return known;
        const answer = (ready ? rollups : rows).tabulate(asked);
        if (answers.size >= mostAnswers) answers.clear();
        answers.set(key, answer);
        // What failed is asked again.
        answer.catch(() => answers.delete(key));
        return answer;
      },
    },
    async follow() {
      const moved = await rollups.follow();
      if (moved || !ready) answers.clear();
      if (!ready) await dropForsaken(store, layout);
      ready = true;
      return moved;
    },
    prepare: () => rollups.prepare(),
  };
}
