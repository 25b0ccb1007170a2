/** From whom the patterns of traders choose: those with enough declarations for a pattern to be one. */

import type { Trader } from '../traders.ts';
import type { Scene } from './model.ts';

export const busy = (scene: Scene, could: (trader: Trader) => boolean = () => true): Trader[] =>
  [...scene.importers]
    .filter((trader) => could(trader) && !trader.authorised)
    .sort((a, b) => scene.volume(b) - scene.volume(a))
    .slice(0, Math.max(3, Math.ceil(scene.importers.length / 2)));
