/** The schemas of what intake takes, as they are published in schemas/. A test writes the files and keeps them equal. */
import { CountryProfile } from '../declaration/country-profile.ts';
import { Declaration } from '../declaration/declaration.ts';

const draft = 'http://json-schema.org/draft-07/schema#';

/** By file name: JSON Schema, draft 7. */
export const publishedSchemas: Readonly<Record<string, object>> = {
  'declaration.json': { $schema: draft, ...Declaration },
  'country-profile.json': {
    $schema: draft,
    $id: 'country-profile',
    title: 'Country profile',
    ...CountryProfile,
  },
};
