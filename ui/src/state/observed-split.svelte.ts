import { api } from '../lib/api.ts';
import { parseMetrics } from '../lib/metrics-text.ts';
import { takeSnapshot } from '../lib/usage.ts';
import { gateway } from './gateway.svelte.ts';
import { Poll } from './poll.svelte.ts';

const MINUTES = 15;

/** Requests that each version got since `since`, milliseconds; `changed`: since a change that this page saw. */
export type Observed = { counts: Record<string, number>; since: number; changed: boolean };

let revision: number | null = null;
let start: { at: number; counts: Record<string, number> } | null = null;

/**
 * What the versions really got: since the last change that this page saw, counted by the gateway; before any, the
 * record of the last minutes.
 */
export const observed = new Poll<Observed>(async (signal) => {
  const at = Date.now();
  const now = gateway.config.value?.revision ?? null;
  const counts = takeSnapshot(parseMetrics(await api.metrics({ signal })), at).versions;
  if (revision !== null && now !== revision) start = { at, counts };
  revision = now;
  if (start && Object.keys(counts).some((version) => (counts[version] ?? 0) < (start?.counts[version] ?? 0)))
    start = { at, counts };
  if (start) {
    const before = start.counts;
    const since = Object.entries(counts).map(([version, n]) => [version, n - (before[version] ?? 0)]);
    return { counts: Object.fromEntries(since), since: start.at, changed: true };
  }
  const { versions, since } = await api.performance(`${MINUTES}m`, { signal });
  return {
    counts: Object.fromEntries(versions.map(({ version, n }) => [version, n])),
    since: Date.parse(since),
    changed: false,
  };
}, 3000);
