import { ConfigError, envInteger } from '@coppice/serverkit';

type Env = Record<string, string | undefined>;

export type TrafficConfig = {
  weights: Record<string, number>;
  /** The version that gets copies, or null. */
  shadow: string | null;
};

/** How traffic is split over `versions` until an operator changes it. Throws `ConfigError`. */
export function readTrafficConfig(env: Env, versions: readonly string[]): TrafficConfig {
  return { weights: readWeights(env, versions), shadow: readShadow(env, versions) };
}

function readWeights(env: Env, versions: readonly string[]): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const version of versions) {
    const fallback = version === 'v1' || version === 'v2' ? 50 : 0;
    weights[version] = envInteger(env, weightName(version), { fallback, max: 1_000_000 });
  }
  if (Object.values(weights).every((weight) => weight === 0)) {
    const names = versions.map((version) => `${weightName(version)}=0`).join(', ');
    throw new ConfigError(`${names} is not allowed: at least one weight must be above 0`);
  }
  return weights;
}

function readShadow(env: Env, versions: readonly string[]): string | null {
  const shadow = env.SHADOW_VERSION?.trim();
  if (!shadow) return null;
  if (!versions.includes(shadow))
    throw new ConfigError(`SHADOW_VERSION=${shadow} is not allowed: one of ${versions.join(', ')} is`);
  return shadow;
}

function weightName(version: string): string {
  const n = version.slice(1);
  return `MODEL_V${n}_WEIGHT`;
}
