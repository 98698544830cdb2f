import type { TimelineReport } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { gateway } from '../gateway/gateway.svelte.ts';
import { Poll } from '../gateway/poll.svelte.ts';
import { parseMetrics } from './metrics-text.ts';
import { joinUsage, type Snapshot, snapshotOf, takeSnapshot, type Usage, usageOf, usageOfMinutes } from './usage.ts';

const SECONDS = 900;
const EVERY_MS = 3000;
let snapshots: Snapshot[] = [];
/** By the minute, of the time before the page was opened. */
let before: { timeline: TimelineReport | null; until: number } | null = null;

/**
 * The usage of the last quarter of an hour: from the record until the page was opened, then from the gateway's counters,
 * which its events bring; it asks for them only while none come.
 */
export const liveUsage = new Poll<Usage>(async (signal) => {
  before ??= await past(signal);
  const now = Date.now();
  const snapshot = gateway.usage
    ? snapshotOf(gateway.usage.counters, now)
    : takeSnapshot(parseMetrics(await api.metrics({ signal })), now);
  const since = now - SECONDS * 1000;
  snapshots = [...snapshots.filter(({ at }) => at > since), snapshot];
  const { timeline, until } = before;
  const sinceOpened = usageOf(snapshots);
  return timeline ? joinUsage(usageOfMinutes(timeline, since, until), sinceOpened) : sinceOpened;
}, EVERY_MS);

async function past(signal: AbortSignal): Promise<{ timeline: TimelineReport | null; until: number }> {
  const until = api.serverNow();
  const iso = (time: number) => new Date(time).toISOString();
  const since = iso(until - SECONDS * 1000);
  const timeline = await api.timeline({ since, step: 'minute' }, { signal }).catch(() => null);
  // nothing in the record may also mean that nothing is recorded
  return { timeline: timeline?.versions.length ? timeline : null, until };
}
