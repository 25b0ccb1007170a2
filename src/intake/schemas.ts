/** The schema of what intake takes, as it is published in schemas/. A test writes the file and keeps it equal. */
import { Declaration } from '../declaration/declaration.ts';

/** By file name: JSON Schema, draft 7. */
export const publishedSchemas: Readonly<Record<string, object>> = {
  'declaration.json': { $schema: 'http://json-schema.org/draft-07/schema#', ...Declaration },
};
