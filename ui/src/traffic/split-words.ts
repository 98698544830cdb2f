import { sharePercent } from '../parts/format.ts';
import { shareOf, type Weights } from './weights.ts';

/** What each version has: "v1 100 %, v2 0 %". */
export const splitWords = (weights: Weights): string =>
  Object.keys(weights)
    .map((version) => `${version} ${sharePercent(shareOf(weights, version))}`)
    .join(', ');
