import type { ConfigPatch } from '@coppice/contract';
import { InvalidChangeError } from './control-errors.ts';
import { type Intent, totalWeight } from './last-intent.ts';
import { presetWeights } from './preset-weights.ts';

/** Above this a weight says no more; the same bound as for `MODEL_V<n>_WEIGHT`. */
const MAX_WEIGHT = 1_000_000;

/**
 * What a patch asks for, whole, given what is in force. Throws `InvalidChangeError` that names the field when it cannot be.
 * Weights have to name every version: a missing one could mean 0 or unchanged, and a guess would move traffic.
 */
export function wantedIntent(patch: ConfigPatch, current: Intent, versions: readonly string[]): Intent {
  const weights = wantedWeights(patch, versions);
  const { shadow } = patch;
  if (!weights && shadow === undefined) throw refuse([], 'must have weights, a preset or a shadow to change');
  if (typeof shadow === 'string' && !versions.includes(shadow)) throw refuse(['shadow'], unknown(shadow, versions));
  return { weights: weights ?? current.weights, shadow: shadow === undefined ? current.shadow : shadow };
}

function wantedWeights({ weights, preset }: ConfigPatch, versions: readonly string[]): Intent['weights'] | undefined {
  if (weights && preset) throw refuse(['preset'], 'cannot be given together with weights');
  if (preset) {
    const found = presetWeights(versions)[preset];
    if (!found) throw refuse(['preset'], `${preset} needs at least two versions: only ${versions.join(', ')} exists`);
    return found;
  }
  if (!weights) return undefined;
  for (const [version, weight] of Object.entries(weights)) {
    if (!versions.includes(version)) throw refuse(['weights', version], unknown(version, versions));
    if (weight > MAX_WEIGHT) throw refuse(['weights', version], `must be at most ${MAX_WEIGHT}`);
  }
  const missing = versions.filter((version) => !Object.hasOwn(weights, version));
  if (missing.length > 0)
    throw refuse(
      ['weights'],
      `must name every version (${versions.join(', ')}): ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
    );
  if (totalWeight(weights) === 0) throw refuse(['weights'], 'must have at least one weight above 0');
  return Object.fromEntries(versions.map((version) => [version, weights[version] as number]));
}

const unknown = (version: string, versions: readonly string[]) =>
  `names a version that does not exist (${version}): ${versions.join(', ')} exist`;

const refuse = (path: string[], detail: string) => new InvalidChangeError(path, detail);
