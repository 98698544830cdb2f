import type { ConfigView } from '@coppice/contract';

export const fiveNames = ['v1', 'v2', 'v3', 'v4', 'v5'];

/** Five versions with weights that no percent expresses, one of them down, beside what else a real gateway says of itself. */
export function fiveVersions(real: ConfigView): ConfigView {
  const weights = { v1: 333, v2: 667, v3: 1, v4: 0, v5: 999 };
  const preset = Object.fromEntries(fiveNames.map((name) => [name, 20]));
  return {
    ...{ ...real, revision: real.revision + 1, weights, mode: 'custom', shadow: 'v4' },
    presets: { equal: preset, rollback: { ...preset, v2: 0, v3: 0, v4: 0, v5: 0 } },
    versions: Object.entries(weights).map(([version, weight]) => ({
      ...{ version, weight, share: weight / 2000, ready: version !== 'v3', ejected: false, ejected_until: null },
      ...{ reason: version === 'v3' ? 'connect ECONNREFUSED 127.0.0.1:8083' : null, unfit_requests: 0 },
    })),
  };
}
