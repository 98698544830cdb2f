import type { ConfigView } from '@coppice/contract';
import { comparison } from '../comparison/comparison.svelte.ts';
import { gateway } from '../gateway/gateway.svelte.ts';
import { session } from '../gateway/session.svelte.ts';
import { releases } from '../releases/releases.svelte.ts';
import { rollout } from '../rollout/rollout.svelte.ts';
import { reportOf, running, twoEpochs } from './experiment-answers.ts';
import { waiting } from './release-answers.ts';

const weights = { v1: 90, v2: 10, v3: 0, v4: 0, v5: 0 };
const up = { ready: true, ejected: false, ejected_until: null, reason: null, unfit_requests: 0 };

/** Five versions, of which two have traffic. */
const config: ConfigView = {
  ...{ model: 'iris', revision: 9, weights, mode: 'canary', shadow: 'v4', auth: { api_key: false, admin: true } },
  versions: Object.entries(weights).map(([version, weight]) => ({ ...up, version, weight, share: weight / 100 })),
  presets: {
    equal: { v1: 20, v2: 20, v3: 20, v4: 20, v5: 20 },
    canary: weights,
    full: { ...weights, v1: 0, v2: 100 },
    rollback: { ...weights, v1: 100, v2: 0 },
  },
};

/** The same with a version down that should get traffic. */
export const withTrouble: ConfigView = {
  ...config,
  versions: config.versions.map((one) =>
    one.version === 'v2' ? { ...one, ready: false, reason: 'connect ECONNREFUSED 127.0.0.1:8082' } : one,
  ),
};

/** Fills what components share, and keeps all requests from the network: the page stands alone. */
export function standIn(): void {
  // it takes any token, so that what needs one can be operated
  globalThis.fetch = (url) =>
    String(url).includes('/audit') ? Promise.resolve(Response.json({ audit: [] })) : new Promise(() => {});
  void session.enter('admin', 'any');
  gateway.config.accept(config);
  comparison.accept(twoEpochs);
  rollout.accept(reportOf(running));
  releases.accept(waiting);
}
