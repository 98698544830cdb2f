import { api } from '../lib/api.ts';
import { parseMetrics } from '../lib/metrics-text.ts';
import { usage as prometheusUsage } from '../lib/prometheus.ts';
import { type Snapshot, takeSnapshot, type Usage, usageOf } from '../lib/usage.ts';
import { gateway } from './gateway.svelte.ts';
import { Poll } from './poll.svelte.ts';

const SECONDS = 900;
const EVERY_MS = 3000;
let snapshots: Snapshot[] = [];

/** What the gateway did in the last quarter of an hour: by Prometheus, or by its own counters since the page was opened. */
export const usage = new Poll<Usage>(async (signal) => {
  if (gateway.parts.value?.prometheus) return prometheusUsage(SECONDS, signal);
  const now = Date.now();
  const snapshot = takeSnapshot(parseMetrics(await api.metrics({ signal })), now);
  snapshots = [...snapshots.filter(({ at }) => at > now - SECONDS * 1000), snapshot];
  return usageOf(snapshots);
}, EVERY_MS);
