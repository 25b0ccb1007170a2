/** Real messages and data lie outside the project; tests that read them skip, visibly, where they are absent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/ground/paths.ts';

const places = ['../shared/samples', '../../shared/samples'].map((place) => join(packageRoot, place));

/** The folder, or undefined. */
export const samples: string | undefined = places.find((place) => existsSync(place));

if (samples === undefined)
  console.warn('skipped: ../shared/samples is absent, tests on real messages do not run');
