import { api } from '../gateway/api.ts';
import { gateway } from '../gateway/gateway.svelte.ts';
import { Poll } from '../gateway/poll.svelte.ts';
import { session } from '../gateway/session.svelte.ts';
import { countAssignments } from './assignments.ts';

const MINUTES = 15;
const ROWS = 1000;

/** Assignments of each version since `since` (milliseconds); `changed`: the split last changed then. */
export type Observed = { counts: Record<string, number>; since: number; changed: boolean };

/** When the revision in force began, as far as this page knows. */
let known: { revision: number; since: number | null } | null = null;

/** What the versions really received: the newest recorded predictions since the split last changed. */
export const observed = new Poll<Observed>(async (signal) => {
  const revision = gateway.revision ?? 0;
  if (known?.revision !== revision) known = { revision, since: known ? api.serverNow() : null };
  if (session.isAdmin) known.since = (await lastChange(signal)) ?? known.since;
  const recent = api.serverNow() - MINUTES * 60_000;
  const since = Math.max(recent, known.since ?? 0);
  const { predictions } = await api.predictions(
    { since: new Date(since).toISOString(), limit: String(ROWS) },
    { signal },
  );
  const oldest = predictions.length === ROWS ? Date.parse(predictions.at(-1)?.time ?? '') : since;
  return { counts: countAssignments(predictions), since: oldest, changed: oldest === known.since };
}, 5000);

/** When the weights last changed, from the audit; null when that is further back than its first page. */
async function lastChange(signal: AbortSignal): Promise<number | null> {
  const entries = await api.audit(undefined, 20, { signal });
  const change = entries.find(({ action }) => action !== 'shadow');
  return change ? Date.parse(change.time) : null;
}
