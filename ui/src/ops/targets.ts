import { api } from '../gateway/api.ts';

export type Target = { labels: Record<string, string>; scrapeUrl: string; health: string; lastError: string };

/** What Prometheus scrapes, and how that goes. */
export const targets = (signal?: AbortSignal) =>
  api
    .prometheus<{ activeTargets: Target[] }>('targets', { state: 'active' }, { signal })
    .then((data) => data.activeTargets);
