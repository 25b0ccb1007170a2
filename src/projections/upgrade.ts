/**
 * Which release's folds made the projected rows. A release with other columns or other folds makes them anew by itself: the
 * cursors go back to the beginning, and every declaration is folded again, row over row, beside everything else. Until that
 * has come past where the cursors stood, figures mix old rows and new ones, and readiness and log say so. Readiness says it in
 * a rebuild, too, whoever ends that.
 *
 * Beside the cursors and not in them: a replica of the release before, which knows nothing of it, writes those.
 */
import { contentHash } from '../ground/canonical.ts';
import type { Document, Store } from '../store/port.ts';
import { type CursorDocument, cursorId, cursors, fromTheBeginning, type SourceName } from './cursors.ts';
import { tables } from './fold.ts';

/** To be raised where a fold puts something else into the columns that there are. */
const foldsVersion = 6;

/** Of the tables as this release makes them. */
export const projectionShape = contentHash({
  folds: foldsVersion,
  tables: Object.values(tables).map(({ spec }) => ({ name: spec.name, columns: spec.columns })),
}).slice(0, 16);

interface ShapeDocument extends Document {
  shape: string;
  /** Where the cursors stood when rows began to be made anew; absent where there was nothing to make anew. */
  until?: Record<SourceName, number>;
}

const shapeId = 'shape';

export interface RowsMade {
  /** False while rows of an older release are made anew. */
  current: boolean;
  /** Writes that were folded again, of those that are to be. */
  done: number;
  of: number;
}

const sum = (position: Readonly<Record<SourceName, number>>): number =>
  Object.values(position).reduce((all, one) => all + one, 0);

const nowhere: Record<SourceName, number> = { declaration: 0, event: 0, outcome: 0, check: 0 };

/** @returns how far the rows are this release's own. */
export async function rowsMade(store: Store): Promise<RowsMade> {
  const [shape, cursor] = await Promise.all([
    store.collection<ShapeDocument>(cursors).get(shapeId),
    store.collection<CursorDocument>(cursors).get(cursorId),
  ]);
  const until = shape?.doc.until;
  // No cursor: nothing was made yet, or a rebuild throws everything away.
  const position = cursor?.doc.position ?? nowhere;
  if (shape?.doc.shape !== projectionShape)
    return { current: cursor === undefined, done: 0, of: sum(position) };
  if (until === undefined) return { current: true, done: 0, of: 0 };
  const behind = (Object.keys(until) as SourceName[]).some((name) => position[name] < until[name]);
  return { current: !behind, done: Math.min(sum(position), sum(until)), of: sum(until) };
}

/** Has it said that rows are made anew until the cursors have come again to where they stand, or to where they were to come. */
export async function sayRemade(store: Store): Promise<void> {
  const shapes = store.collection<ShapeDocument>(cursors);
  const [shape, cursor] = await Promise.all([
    shapes.get(shapeId),
    store.collection<CursorDocument>(cursors).get(cursorId),
  ]);
  const [reached, told] = [cursor?.doc.position ?? nowhere, shape?.doc.until ?? nowhere];
  const until = { ...nowhere };
  for (const name of Object.keys(until) as SourceName[]) until[name] = Math.max(reached[name], told[name]);
  await shapes.put([{ id: shapeId, shape: projectionShape, until }]);
}

/** Has rows of another release's folds made anew by whoever projects next; true where there are any. */
export async function remakeOld(store: Store): Promise<boolean> {
  const shapes = store.collection<ShapeDocument>(cursors);
  const [shape, cursor] = await Promise.all([
    shapes.get(shapeId),
    store.collection<CursorDocument>(cursors).get(cursorId),
  ]);
  if (shape?.doc.shape === projectionShape) return false;
  const until = cursor?.doc.position;
  // The cursors first: killed in between, the next start does it again.
  await fromTheBeginning(store);
  await shapes.put([{ id: shapeId, shape: projectionShape, ...(until === undefined ? {} : { until }) }]);
  return until !== undefined;
}
