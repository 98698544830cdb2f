import type { ConfigPatch } from '@coppice/contract';
import type { TrafficControl } from '../traffic/traffic-control.ts';
import { ConflictError } from './control-errors.ts';
import { totalWeight } from './last-intent.ts';

type Weights = Readonly<Record<string, number>>;

/**
 * Throws `ConflictError` when `to` gives a version that is kept out a larger share than `from`. What it has it may keep or
 * lose: it gets no traffic by it, and other versions' weights must still be changeable.
 */
export function refuseKeptOut(
  from: Weights,
  to: Weights,
  patch: Pick<ConfigPatch, 'preset'>,
  traffic: Pick<TrafficControl, 'keptOut'>,
): void {
  const share = (weights: Weights, version: string) => (weights[version] ?? 0) / totalWeight(weights);
  for (const version of Object.keys(to)) {
    const why = traffic.keptOut(version);
    if (why === null || share(to, version) <= share(from, version) + 1e-9) continue;
    const pointer = patch.preset ? '/preset' : `/weights/${version}`;
    throw new ConflictError(`${version} may get no more weight: ${why}. Shadow and replay are allowed.`, [
      { pointer, detail: why },
    ]);
  }
}
