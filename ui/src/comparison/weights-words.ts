import { sharePercent } from '../parts/format.ts';

/** "v1 90 %, v2 10 %" of weights; versions without weight are left out. */
export function weightsWords(weights: Record<string, number>): string {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const parts = Object.entries(weights).filter(([, weight]) => weight > 0);
  return parts.map(([version, weight]) => `${version} ${sharePercent(weight / total)}`).join(', ');
}
