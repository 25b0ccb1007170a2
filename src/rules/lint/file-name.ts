/** RL007: a rule is found by its id, so its file is called by it. */
import { basename } from 'node:path';
import type { Lint } from './lint.ts';

export const fileName: Lint = {
  code: 'RL007',
  name: 'file-name',
  severity: 'warning',
  finds: 'a file whose name does not begin with the id of its rule',
  about: 'conditions',
  *check({ id, source, base }) {
    const name = basename(source.file).replace(/\.[^.]+$/, '');
    if (id === undefined || base.length > 0 || name === id || name.startsWith(`${id}-`)) return;
    yield {
      path: [],
      message: `the file is called ${name} and holds ${id}`,
      fix: `Rename it to ${id}.yaml.`,
    };
  },
};
