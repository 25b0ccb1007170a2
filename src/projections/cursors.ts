/** How far the projections have read of each source. */
import type { CollectionSpec, Document, Store } from '../store/port.ts';

export const cursors: CollectionSpec = { name: 'projection', schema: 1, columns: {}, indexes: [] };

export type SourceName = 'declaration' | 'event' | 'outcome' | 'check';

export interface CursorDocument extends Document {
  position: Record<SourceName, number>;
}

export const cursorId = 'clearance';

/** Has everything folded again, row over row, by whoever projects next. */
export async function fromTheBeginning(store: Store): Promise<void> {
  const positions = store.collection<CursorDocument>(cursors);
  const cursor = await positions.get(cursorId);
  if (cursor === undefined) return;
  const position = { declaration: 0, event: 0, outcome: 0, check: 0 };
  await positions.putIf({ id: cursorId, position }, cursor.version);
}
