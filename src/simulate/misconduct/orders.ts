/** The misconduct file: which patterns to plant, each with rate and strength; a YAML or JSON list. */
import { CrosscheckError } from '../../errors.ts';
import { readYaml } from '../../ground/yaml.ts';
import type { MisconductOrder } from '../options.ts';
import { patternOf, patterns } from './table.ts';

const fraction = (value: unknown): value is number => typeof value === 'number' && value > 0 && value <= 1;

/** `all` plants every pattern at its usual dose, `none` nothing; anything else is a file. */
export function readOrders(name: string): MisconductOrder[] {
  if (name === 'none') return [];
  if (name === 'all') return patterns.map(({ pattern }) => ({ pattern, rate: 0.1, strength: 0.5 }));
  const content = readYaml(name);
  if (!Array.isArray(content)) {
    throw new CrosscheckError('CC_MISCONDUCT_INVALID', { problem: 'it is no list' }, { file: name });
  }
  return content.map((entry: Partial<MisconductOrder>, i) => {
    const wrong = (problem: string) =>
      new CrosscheckError(
        'CC_MISCONDUCT_INVALID',
        { problem },
        { file: name, pointer: `/${i}`, record: i + 1 },
      );
    const { pattern, rate = 0.1, strength = 0.5 } = entry ?? {};
    if (typeof pattern !== 'string' || !patternOf.has(pattern)) {
      throw wrong(`pattern ${String(pattern)} is none of ${[...patternOf.keys()].join(', ')}`);
    }
    if (!fraction(rate)) throw wrong('rate must be above 0 and at most 1');
    if (!fraction(strength)) throw wrong('strength must be above 0 and at most 1');
    return { pattern, rate, strength };
  });
}
