import type { ConfigPatch } from '@coppice/contract';
import type { TrafficControl } from '../traffic/traffic-control.ts';
import { ConflictError } from './control-errors.ts';
import { type Intent, totalWeight } from './last-intent.ts';
import { wantedIntent } from './wanted-intent.ts';

/**
 * As `wantedIntent`. Throws `ConflictError` too, when a version that is kept out of live traffic would have a larger share.
 * What it has it may keep or lose: it gets no traffic by it, and other versions' weights must still be changeable. The preset
 * `rollback` is never refused.
 */
export function allowedIntent(
  patch: ConfigPatch,
  current: Intent,
  traffic: Pick<TrafficControl, 'versions' | 'keptOut'>,
): Intent {
  const wanted = wantedIntent(patch, current, traffic.versions);
  if (patch.preset === 'rollback') return wanted;
  for (const version of traffic.versions) {
    const why = traffic.keptOut(version);
    if (why === null || share(wanted, version) <= share(current, version) + 1e-9) continue;
    const pointer = patch.preset ? '/preset' : `/weights/${version}`;
    throw new ConflictError(`${version} may get no more weight: ${why}. Shadow and replay are allowed.`, [
      { pointer, detail: why },
    ]);
  }
  return wanted;
}

const share = ({ weights }: Intent, version: string) => (weights[version] ?? 0) / totalWeight(weights);
