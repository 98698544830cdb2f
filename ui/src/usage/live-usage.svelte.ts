import { api } from '../gateway/api.ts';
import { gateway } from '../gateway/gateway.svelte.ts';
import { Poll } from '../gateway/poll.svelte.ts';
import { parseMetrics } from './metrics-text.ts';
import { prometheusUsage } from './prometheus-usage.ts';
import { type Snapshot, takeSnapshot, type Usage, usageOf } from './usage.ts';

const SECONDS = 900;
const EVERY_MS = 3000;
let snapshots: Snapshot[] = [];

/** The usage of the last quarter of an hour: from Prometheus, or from the gateway's counters since the page was opened. */
export const liveUsage = new Poll<Usage>(async (signal) => {
  if (gateway.parts.value?.prometheus) return prometheusUsage(SECONDS, signal);
  const now = Date.now();
  const snapshot = takeSnapshot(parseMetrics(await api.metrics({ signal })), now);
  snapshots = [...snapshots.filter(({ at }) => at > now - SECONDS * 1000), snapshot];
  return usageOf(snapshots);
}, EVERY_MS);
