/** How far the projections have read of each source. */
import type { CollectionSpec, Document } from '../store/port.ts';

export const cursors: CollectionSpec = { name: 'projection', schema: 1, columns: {}, indexes: [] };

export type SourceName = 'declaration' | 'event' | 'outcome' | 'check';

export interface CursorDocument extends Document {
  position: Record<SourceName, number>;
}

export const cursorId = 'clearance';
